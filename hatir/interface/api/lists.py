"""Answering a list: filters, order, keyset pages. Rows are read as values, never as models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import asked_tree, open_fields, relations_for, sight_of, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.filtering import Sight, with_steps
from hatir.foundation.records.querying import BadCursor, Sort, page_of, sort_by
from hatir.interface.api import bodies
from hatir.interface.api.problems import Problem
from hatir.interface.api.shapes import Shape, words
from hatir.kit.filters import FieldShape, FilterError, Node, parse
from hatir.kit.filters.text import parse_text

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 200
MOST_SORTS = 3
PARAMETERS = ("filter", "sort", "limit", "cursor", "fields", "include", "archived")
ARCHIVED = {"no": Q(archived_at=None), "only": Q(archived_at__isnull=False), "all": Q()}


def list_records(actor: Actor, rt: RecordType, query: QueryDict) -> dict[str, Any]:
    """Give one page of a type as the API's list envelope. Raises Problem or FilterError."""
    for name in query:
        if "\x00" in name or any("\x00" in value for value in query.getlist(name)):
            raise Problem("invalid_query", errors={name.replace("\x00", ""): [_("This value cannot be read.")]})
    shape = Shape(actor, rt, query.get("fields", ""), query.get("include", ""))
    asked = open_fields(actor, rt)
    rows = visible(actor, rt).filter(_archived(query.get("archived", "no")))
    for tree in _trees(actor, rt, asked, query):
        rows = rows.filter(asked_tree(actor, tree, rt))
    sorts = _sorts(query.get("sort", ""), rt, asked, sight_of(actor))
    read = rows.values("pk", *shape.outline.columns)
    try:
        page = page_of(read, rt, sorts, size=_limit(query.get("limit")), cursor=query.get("cursor", ""))
    except BadCursor:
        raise Problem("invalid_query", errors={"cursor": [_("This cursor belongs to another list.")]}) from None
    data = shape.many(page.rows)
    return {"data": data, "next": page.next or None, "has_more": bool(page.next)}


def _trees(actor: Actor, rt: RecordType, fields: Mapping[str, FieldSpec], query: QueryDict) -> list[Node]:
    schema, behind = with_steps(rt, fields), relations_for(actor)
    trees = [_read(text, schema, behind) for text in query.getlist("filter") if text.strip()]
    named = [name for name in query if name not in PARAMETERS]
    return [*trees, *(_simple(name, query.getlist(name), schema, behind) for name in named)]


def _read(text: str, schema: Mapping[str, FieldShape], behind: Any) -> Node:
    """Read a filter in JSON or in the one-line form."""
    if text.lstrip().startswith("{"):
        return parse(bodies.parse(text.encode("utf-8", "surrogatepass")), schema, behind)
    return parse_text(text, schema, behind)


def _simple(name: str, values: list[str], schema: Mapping[str, FieldShape], behind: Any) -> Node:
    """Read `city=İzmir`, or several of one name as "one of them"; an empty value asks for empty."""
    shape = schema.get(name)
    if shape is None and "." not in name:
        raise Problem("invalid_query", errors={name: [_("There is no such field to ask for.")]})
    try:
        return parse(_plain_question(name, values, shape.kind if shape else "text"), schema, behind)
    except FilterError as wrong:
        raise Problem("invalid_query", wrong.message, errors={name: [wrong.message]}) from None


def _plain_question(name: str, values: list[str], kind: str) -> dict[str, Any]:
    if values == [""]:
        return {"field": name, "op": "empty"}
    if kind in ("relations", "multichoice"):
        return {"field": name, "op": "any_of", "value": [item for value in values for item in words(value)]}
    if kind == "boolean":
        asked = {"true": "true", "1": "true", "false": "false", "0": "false"}.get(values[-1])
        if asked is None:
            raise FilterError(_("Answer yes or no."), field=name)
        return {"field": name, "op": asked}
    if len(values) == 1:
        return {"field": name, "op": "on" if kind in ("date", "datetime") else "is", "value": values[0]}
    if kind in ("date", "datetime"):
        return {"any": [{"field": name, "op": "on", "value": value} for value in values]}
    return {"field": name, "op": "in", "value": values}


def _archived(text: str) -> Q:
    if text not in ARCHIVED:
        message = _("One of: %(names)s.") % {"names": ", ".join(ARCHIVED)}
        raise Problem("invalid_query", errors={"archived": [message]})
    return ARCHIVED[text]


def _sorts(text: str, rt: RecordType, fields: Mapping[str, FieldSpec], see: Sight) -> list[Sort]:
    named = words(text) or list(rt.order)
    if len(named) > MOST_SORTS:
        message = _("At most %(count)d fields to sort by.") % {"count": MOST_SORTS}
        raise Problem("invalid_query", errors={"sort": [message]})
    sorts: list[Sort] = []
    for part in named:
        name = part.removeprefix("-")
        spec = fields.get(name)
        if spec is None or not spec.sortable or any(name == other.name for other in sorts):
            message = _("“%(name)s” cannot be sorted by.") % {"name": name[:60]}
            raise Problem("invalid_query", errors={"sort": [message]})
        sorts.append(sort_by(spec, see, descending=part.startswith("-")))
    return sorts


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= LARGEST_LIMIT):
        message = _("A number from 1 to %(most)d.") % {"most": LARGEST_LIMIT}
        raise Problem("invalid_query", errors={"limit": [message]})
    return int(text)
