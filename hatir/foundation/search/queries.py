"""Find records by a typed text, as one actor may see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from hatir.foundation.access.queries import may, readable_fields, scope_condition, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type, record_types, root_types
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.search import backend
from hatir.foundation.search.indexing import is_indexed
from hatir.foundation.search.models import SearchEntry
from hatir.foundation.search.rules import Wanted, alternatives

AFTER_ALL = "\U0010ffff"
SUBTITLE_PARTS = 3
Rows = QuerySet[SearchEntry, Any]


@dataclass(frozen=True)
class Hit:
    """A record found: what to call it, one line to tell it apart, and its type."""

    ref: RecordRef
    title: str
    subtitle: str
    type: RecordType
    record: Any

    @property
    def url(self) -> str:
        return self.ref.url


@dataclass(frozen=True)
class _Sight:
    """The entries in sight; `few` says that they are quicker compared one by one than looked up."""

    rows: Rows
    few: bool


def search(actor: Actor, text: str, *, types: Sequence[str] | None = None, limit: int = 10) -> list[Hit]:
    """Find live records by text, best first: same spelling, title's beginning, a word's beginning, within.

    All words must occur; one or two letters look at titles' beginnings only. `types` narrows to record
    types (views like "customers.company" included). Nothing that the actor may not see is counted or named.
    """
    sight = _in_sight(actor, types)
    if sight is None:
        return []
    found: dict[int, str] = {}
    for wanted in alternatives(text, settings.SECRET_KEY):
        for stage in _stages(sight, wanted):
            found.update(dict(stage.exclude(record_id__in=list(found))[: limit - len(found)]))
            if len(found) >= limit:
                return _hits(actor, found)
    return _hits(actor, found)


def _in_sight(actor: Actor, types: Sequence[str] | None) -> _Sight | None:
    """Give the entries of what the actor may see; None when that is nothing at all."""
    free: list[str] = []
    narrow: list[RecordType] = []
    wanted = root_types() if types is None else [record_type(key) for key in types]
    for rt in wanted:
        if is_indexed(rt) and may(actor, "view", rt):
            if scope_condition(actor, rt) is None and not rt.narrows:
                free.append(rt.root_key)
            else:
                narrow.append(rt)
    if not free and not narrow:
        return None
    entries = SearchEntry.objects.values_list("record_id", "type_key")
    if not narrow:
        everything = len(free) == sum(is_indexed(rt) for rt in root_types())
        return _Sight(entries if everything else entries.filter(type_key__in=free), few=False)
    ids = _few_ids(actor, narrow, free)
    if ids is not None:
        return _Sight(entries.filter(record_id__in=ids), few=True)
    condition = Q(type_key__in=free)
    for rt in narrow:
        condition |= Q(type_key=rt.root_key, record_id__in=visible(actor, rt).order_by().values("pk"))
    return _Sight(entries.filter(condition), few=False)


def _few_ids(actor: Actor, narrow: Sequence[RecordType], free: Sequence[str]) -> list[int] | None:
    """Give the ids in sight of somebody who sees little, in one statement; None when it is more than a list holds."""
    open_to_all = SearchEntry.objects.filter(type_key__in=free).order_by().values_list("record_id", flat=True)
    own = [visible(actor, rt).order_by().values_list("pk", flat=True) for rt in narrow]
    ids = list(open_to_all.union(*own, all=True)[: backend.FEW + 1])
    return ids if len(ids) <= backend.FEW else None


def _stages(sight: _Sight, wanted: Wanted) -> Iterator[Rows]:
    """Give the ways to match, best first; each is asked only while places are left."""
    if wanted.exact != wanted.folded:
        yield _starting(sight.rows, "title_exact", wanted.exact)
    yield _starting(sight.rows, "title_fold", wanted.folded)
    if wanted.is_short:
        return
    for lead in (" ", ""):
        parts = [f"{lead}{word}" for word in wanted.words]
        found = backend.containing(sight.rows, parts, few=sight.few)
        if found is not None:
            yield found


def _starting(rows: Rows, column: str, start: str) -> Rows:
    return (
        rows.alias(place=backend.byte_order(column))
        .filter(place__gte=start, place__lt=start + AFTER_ALL)
        .order_by("place", "record_id")
    )


def _hits(actor: Actor, found: dict[int, str]) -> list[Hit]:
    by_type: dict[str, list[int]] = {}
    for record_id, type_key in found.items():
        by_type.setdefault(type_key, []).append(record_id)
    hits: dict[int, Hit] = {}
    for type_key, ids in by_type.items():
        hits.update(_load(actor, record_type(type_key), ids))
    return [hits[record_id] for record_id in found if record_id in hits]


def _load(actor: Actor, rt: RecordType, ids: Sequence[int]) -> dict[int, Hit]:
    specs = _subtitle_specs(actor, rt)
    records = visible(actor, rt).filter(pk__in=ids, archived_at=None)
    loaded = {}
    for record in records:
        shown = _narrowed(rt, record)
        loaded[record.pk] = Hit(rt.ref(record), rt.title_of(record), _subtitle(specs, record), shown, record)
    return loaded


def _narrowed(rt: RecordType, record: Any) -> RecordType:
    """Give the view of the type that the record belongs to (person, company), else the type itself."""
    for view in record_types():
        if view.narrows == rt.key and all(getattr(record, name) == value for name, value in view.where.items()):
            return view
    return rt


def _subtitle_specs(actor: Actor, rt: RecordType) -> list[FieldSpec]:
    readable = readable_fields(actor, rt)
    names = dict.fromkeys((*rt.quick_fields, *rt.list_columns))
    kinds = {"text", "email", "phone"}
    chosen = [readable[name] for name in names if name in readable and name != rt.title]
    return [spec for spec in chosen if spec.kind in kinds and not spec.masked and not spec.is_custom]


def _subtitle(specs: Sequence[FieldSpec], record: Any) -> str:
    parts: list[str] = []
    for spec in specs:
        value = value_of(spec, record)
        if not value:
            continue
        parts.append(str(value))
        if len(parts) == SUBTITLE_PARTS:
            break
    return " · ".join(parts)
