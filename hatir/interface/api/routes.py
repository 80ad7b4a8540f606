"""The operations, one set for every type. django-ninja routes them; the types are found while answering,
so objects that the company defines have their addresses at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from zlib import crc32

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from hatir.foundation.access.queries import get_visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.interface.api import amounts, bodies, bulk, duplicates, lists, nested, openapi, writes
from hatir.interface.api.shapes import Shape, served_type
from hatir.kit.ids import encode_id

PREFIX = "/api/v1"
View = TypeVar("View", bound=Callable[..., HttpResponse])
api = NinjaAPI(openapi_url=None, docs_url=None, urls_namespace="hatir_api")


@api.exception_handler(Exception)
def leave_it_to_the_door(request: HttpRequest, error: Exception) -> HttpResponse:
    """Ninja would answer in its own words; the door knows ours."""
    raise error


def operation(method: str, path: str) -> Callable[[View], View]:
    """Mark an operation, with and without the slash at the end: nobody is ever redirected."""

    def mark(view: View) -> View:
        for address in (path, f"{path}/"):
            api.api_operation([method], address)(view)
        return view

    return mark


def actor_of(request: HttpRequest) -> Actor:
    """Give the actor that the door found."""
    return cast(Actor, request.auth)  # type: ignore[attr-defined]


def answered(data: Any, status: int = 200) -> HttpResponse:
    """Give data as JSON."""
    return HttpResponse(orjson.dumps(data), status=status, content_type="application/json")


def etag_of(shape: Shape, record: Any) -> str:
    """Name this form of the record: its version, and which fields went out under which cover."""
    form = crc32(repr((shape.outline.columns, [spec.name for spec in shape.chosen], _covers(shape))).encode())
    return f'"{record.version}-{form:08x}"'


def _covers(shape: Shape) -> list[str]:
    return [getattr(write, "__name__", "") for _name, _column, write in shape.outline.single]


@operation("GET", "/openapi.json")
def read_document(request: HttpRequest) -> HttpResponse:
    """Give the OpenAPI document of this company's API."""
    return HttpResponse(openapi.document_bytes(), content_type="application/json")


@operation("GET", "/{kind}")
def list_of(request: HttpRequest, kind: str) -> HttpResponse:
    """List records."""
    actor = actor_of(request)
    rt = served_type(actor, kind)
    page = lists.list_records(actor, rt, request.GET)
    amounts.note_read(actor, rt, len(page["data"]))
    return answered(page)


@operation("POST", "/{kind}")
def create(request: HttpRequest, kind: str) -> HttpResponse:
    """Create a record."""
    actor = actor_of(request)
    rt = served_type(actor, kind)
    shape = _shape(request, actor, rt)
    record, sets = nested.create_record(actor, rt, bodies.json_object(request))
    answer = _one(shape, record, 201, sets)
    answer["Location"] = f"{PREFIX}/{rt.api_path}/{encode_id(record.pk)}"
    return answer


@operation("POST", "/{kind}/bulk")
def bulk_of(request: HttpRequest, kind: str) -> HttpResponse:
    """Create, update, archive and restore up to a thousand records."""
    actor = actor_of(request)
    rt = served_type(actor, kind)
    return answered(bulk.run_bulk(actor, rt, bodies.json_object(request)))


@operation("GET", "/{kind}/duplicates")
def duplicates_of(request: HttpRequest, kind: str) -> HttpResponse:
    """Tell which records are probably one: like a record, like given values, or all that wait to be decided."""
    actor = actor_of(request)
    return answered(duplicates.asked(actor, duplicates.compared(served_type(actor, kind)), request.GET))


@operation("POST", "/{kind}/duplicates")
def duplicates_like(request: HttpRequest, kind: str) -> HttpResponse:
    """Tell which records look like values in the body, so that they stand in no address."""
    actor = actor_of(request)
    rt = duplicates.compared(served_type(actor, kind))
    return answered(duplicates.like_values(actor, rt, bodies.json_object(request)))


@operation("POST", "/{kind}/{key}/merge")
def merge(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Let another record go into this one."""
    actor = actor_of(request)
    rt = duplicates.compared(served_type(actor, kind))
    shape, data = _shape(request, actor, rt), bodies.json_object(request)
    return _one(shape, duplicates.merge(actor, rt, writes.record_id(key), data, _if_match(request)), 200)


@operation("POST", "/{kind}/{key}/unmerge")
def unmerge(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Make a merged record one by itself again."""
    actor = actor_of(request)
    rt = duplicates.compared(served_type(actor, kind))
    return _one(_shape(request, actor, rt), duplicates.unmerge(actor, rt, writes.record_id(key)), 200)


@operation("GET", "/{kind}/{key}")
def read(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Give one record, or 304 when the caller has it already."""
    actor = actor_of(request)
    rt = served_type(actor, kind)
    shape = _shape(request, actor, rt)
    record = writes.not_merged(actor, rt, get_visible(actor, rt, writes.record_id(key)))
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    tag = etag_of(shape, record)
    if not shape.included and (tag in known or "*" in known):
        answer = HttpResponse(status=304)
        answer["ETag"] = tag
        return answer
    amounts.note_read(actor, rt, 1)
    return _one(shape, record, 200)


@operation("PATCH", "/{kind}/{key}")
def change(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Change the given fields of one record."""
    actor = actor_of(request)
    rt = served_type(actor, kind)
    shape = _shape(request, actor, rt)
    record_id = writes.record_id(key)
    data = bodies.json_object(request)
    return _one(shape, writes.change_record(actor, rt, record_id, data, _if_match(request)), 200)


@operation("DELETE", "/{kind}/{key}")
def archive(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Archive one record; nothing is lost."""
    actor = actor_of(request)
    rt = served_type(actor, kind)
    shape = _shape(request, actor, rt)
    return _one(shape, writes.archive_record(actor, rt, writes.record_id(key), _if_match(request)), 200)


@operation("POST", "/{kind}/{key}/restore")
def restore(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Bring an archived record back."""
    actor = actor_of(request)
    rt = served_type(actor, kind)
    shape = _shape(request, actor, rt)
    return _one(shape, writes.restore_record(actor, rt, writes.record_id(key), _if_match(request)), 200)


def _shape(request: HttpRequest, actor: Actor, rt: RecordType) -> Shape:
    return Shape(actor, rt, request.GET.get("fields", ""), request.GET.get("include", ""))


def _if_match(request: HttpRequest) -> str:
    return request.headers.get("If-Match", "")


def _one(shape: Shape, record: Any, status: int, sets: dict[str, list[int]] | None = None) -> HttpResponse:
    answer = answered(shape.one(record, sets), status)
    # An included record may change without this one's version, so the tag would promise too much.
    if not shape.included:
        answer["ETag"] = etag_of(shape, record)
    return answer
