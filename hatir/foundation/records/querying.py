"""Pages of records in any order, by keyset: a deep page costs what the first one costs.

A list is read in stretches, each with a plain range condition that an index can serve: first the rows
that have a value to sort by, then those without, so that empty values stand last in both directions and
on both databases. Ties are ordered by id. There is no OFFSET and no count of a large table.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.models import BooleanField, Case, F, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual

from hatir.foundation.records.cursors import pack, unpack
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.expressions import SortText, sort_expression, value_expression
from hatir.foundation.records.fields import TEXTUAL, TO_ONE, FieldSpec
from hatir.foundation.records.filtering import Sight
from hatir.foundation.records.registry import fields_of, record_type

PAGE_SIZE = 50
COUNTED_EXACTLY = 10_000
MAX_SORTS = 3
_KEY = "sort_key_"


class BadCursor(ValueError):
    """The cursor was not made by this list in this order."""


@dataclass(frozen=True)
class Sort:
    """Order by one field; `seen` is the condition under which the title of a linked record may be known."""

    name: str
    descending: bool = False
    seen: Q | None = None

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


@dataclass(frozen=True)
class Page:
    """One page of records; the cursors are empty where there is no further page."""

    rows: list[Any]
    next: str = ""
    previous: str = ""


@dataclass(frozen=True)
class Estimate:
    """How many records there are: exactly `count`, or "at least `count`" when not `exact`."""

    count: int
    exact: bool = True


@dataclass(frozen=True)
class _Key:
    """One thing to sort by: its expression, and what counts as having no value."""

    alias: str
    expression: Any
    descending: bool
    nullable: bool
    textual: bool
    joins: str = ""

    def has_value(self) -> Q:
        if self.textual:
            return Q(GreaterThan(F(self.alias), Value("")))
        return Q(IsNull(F(self.alias), False))


@dataclass(frozen=True)
class _Place:
    """Where a page begins: the sort values and the id of the row beside it."""

    values: tuple[Any, ...]
    record_id: int
    forward: bool = True
    sort: str = ""


@dataclass(frozen=True)
class _Stretch:
    """Part of the list: rows with a leading value, or those without."""

    with_value: bool
    condition: Q = field(default_factory=Q)


def parse_sort(text: str, fields: Mapping[str, FieldSpec], see: Sight) -> tuple[Sort, ...]:
    """Read "-last_contact_at,name"; what is no sortable field of `fields` is left out.

    Linked records out of sight have no title to sort by: neither order nor cursor tells what they are called.
    """
    found: list[Sort] = []
    for part in text.split(",")[:MAX_SORTS]:
        name = part.strip().removeprefix("-")
        spec = fields.get(name)
        if spec is not None and spec.sortable and all(name != sort.name for sort in found):
            found.append(sort_by(spec, see, descending=part.strip().startswith("-")))
    return tuple(found)


def sort_by(spec: FieldSpec, see: Sight, *, descending: bool = False) -> Sort:
    """Order by a field as far as `see` lets its linked records be known."""
    linked = spec.kind in TO_ONE and spec.target and not spec.is_custom
    return Sort(spec.name, descending, see(record_type(spec.target), f"{spec.path}__") if linked else None)


def sort_text(sorts: Sequence[Sort]) -> str:
    """Write an order as the address carries it."""
    return ",".join(str(sort) for sort in sorts)


def page_of(
    rows: QuerySet[Any], rt: RecordType, sorts: Sequence[Sort], *, size: int = PAGE_SIZE, cursor: str = ""
) -> Page:
    """Read one page of `rows` in the given order, after or before the cursor.

    Raises BadCursor for a cursor that belongs to another order.
    """
    keys = _keys(rt, sorts)
    place = _decode(cursor, keys, sort_text(sorts)) if cursor else None
    forward = place is None or place.forward
    found = _read(_annotated(rows, keys), keys, place, size + 1, backward=not forward)
    more = len(found) > size
    found = found[:size] if forward else found[:size][::-1]
    if not found:
        return Page([])
    text = sort_text(sorts)
    has_next = more if forward else True
    has_previous = place is not None if forward else more
    return Page(
        found,
        next=_encode(found[-1], keys, text, forward=True) if has_next else "",
        previous=_encode(found[0], keys, text, forward=False) if has_previous else "",
    )


def cursors_at(rows: QuerySet[Any], rt: RecordType, sorts: Sequence[Sort], record_id: int) -> tuple[str, str] | None:
    """Give the cursors of the pages that end before and begin after a record; None when it is not among the rows."""
    keys = _keys(rt, sorts)
    record = _annotated(rows.filter(pk=record_id), keys).first()
    if record is None:
        return None
    text = sort_text(sorts)
    return _encode(record, keys, text, forward=False), _encode(record, keys, text, forward=True)


def count_before(rows: QuerySet[Any], rt: RecordType, sorts: Sequence[Sort], cursor: str) -> Estimate:
    """Count the rows that stand above a place, up to 10,000. Raises BadCursor for a cursor of another order."""
    keys = _keys(rt, sorts)
    place = _decode(cursor, keys, sort_text(sorts))
    counted = 0
    for _stretch, part in _stretches_from(_annotated(rows, keys), keys, place, backward=True):
        counted += part.order_by()[: COUNTED_EXACTLY + 1 - counted].count()
        if counted > COUNTED_EXACTLY:
            return Estimate(COUNTED_EXACTLY, exact=False)
    return Estimate(counted)


def ordered(rows: QuerySet[Any], rt: RecordType, sorts: Sequence[Sort]) -> QuerySet[Any]:
    """Put rows in the order of the list, to stream them (export) instead of paging."""
    keys = _keys(rt, sorts)
    terms: list[Any] = []
    if keys[0].nullable:
        terms.append(Case(When(keys[0].has_value(), then=0), default=1, output_field=IntegerField()).asc())
    terms += [_towards(key, key.descending, last=True) for key in keys]
    return _annotated(rows, keys).order_by(*terms, "-pk" if _ids_descend(keys) else "pk")


def estimate(rows: QuerySet[Any], *, known: Page | None = None) -> Estimate:
    """Count rows exactly up to 10,000; beyond that say "at least", or ask PostgreSQL's statistics.

    `known` is the first page, when it was read already: a list of one page needs no counting.
    """
    if known is not None and not known.next and not known.previous:
        return Estimate(len(known.rows))
    counted = rows.order_by()[: COUNTED_EXACTLY + 1].count()
    if counted <= COUNTED_EXACTLY:
        return Estimate(counted)
    return Estimate(_from_statistics(rows) or COUNTED_EXACTLY, exact=False)


def _from_statistics(rows: QuerySet[Any]) -> int:
    """Give PostgreSQL's own estimate for a whole table; 0 when there is none."""
    connection = connections[rows.db]
    if connection.vendor != "postgresql" or rows.query.where:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [rows.model._meta.db_table])
        found = cursor.fetchone()
    return max(0, int(found[0])) if found else 0


# --- what to sort by -------------------------------------------------------------------------------


def _keys(rt: RecordType, sorts: Sequence[Sort]) -> list[_Key]:
    fields = fields_of(rt)
    chosen = [sort for sort in sorts if sort.name in fields] or [Sort("id", True)]
    return [_key(rt, fields[sort.name], sort, f"{_KEY}{at}") for at, sort in enumerate(chosen)]


def _key(rt: RecordType, spec: FieldSpec, sort: Sort, alias: str) -> _Key:
    descending = sort.descending
    if spec.kind in TO_ONE:
        return _label_key(spec, sort, alias)
    if spec.kind == "choice" and spec.choices:
        places = [
            When(Exact(value_expression(spec), Value(key)), then=at) for at, (key, _label) in enumerate(spec.choices)
        ]
        return _Key(alias, Case(*places, output_field=IntegerField()), descending, True, False)
    if spec.kind in TEXTUAL or spec.kind == "choice":
        return _Key(alias, _text_of(spec), descending, True, True)
    return _Key(alias, sort_expression(spec), descending, _is_nullable(rt, spec), False)


def _text_of(spec: FieldSpec, prefix: str = "") -> Any:
    return sort_expression(spec, prefix) if spec.sort_path else SortText(value_expression(spec, prefix))


def _label_key(spec: FieldSpec, sort: Sort, alias: str) -> _Key:
    """Sort by the title of the record that a to-one relation points to."""
    if spec.is_custom or not spec.target:
        return _Key(alias, value_expression(spec), sort.descending, True, False)
    target = record_type(spec.target)
    title = _text_of(fields_of(target)[target.title], f"{spec.path}__")
    if sort.seen is not None:
        title = Case(When(sort.seen, then=title), default=Value(""), output_field=TextField())
    return _Key(alias, title, sort.descending, True, True)


def _is_nullable(rt: RecordType, spec: FieldSpec) -> bool:
    if spec.is_custom:
        return True
    return bool(rt.model._meta.get_field(spec.path).null)


def _annotated(rows: QuerySet[Any], keys: Sequence[_Key]) -> QuerySet[Any]:
    annotated: QuerySet[Any] = rows.annotate(**{key.alias: key.expression for key in keys})
    return annotated


def _ids_descend(keys: Sequence[_Key]) -> bool:
    return keys[0].descending


# --- reading ---------------------------------------------------------------------------------------


def _read(rows: QuerySet[Any], keys: Sequence[_Key], place: _Place | None, wanted: int, *, backward: bool) -> list[Any]:
    """Read stretch by stretch until there are enough rows; `backward` walks from the place upwards."""
    found: list[Any] = []
    for stretch, part in _stretches_from(rows, keys, place, backward=backward):
        found += part.order_by(*_order(keys, stretch, backward=backward))[: wanted - len(found)]
        if len(found) >= wanted:
            break
    return found


def _stretches_from(
    rows: QuerySet[Any], keys: Sequence[_Key], place: _Place | None, *, backward: bool
) -> Iterator[tuple[_Stretch, QuerySet[Any]]]:
    """Give the rows beyond a place, stretch by stretch; all of them without a place."""
    stretches = _stretches(keys[0])
    if place is not None:
        at = 0 if place.values[0] is not None or len(stretches) == 1 else 1
        stretches = stretches[: at + 1] if backward else stretches[at:]
    if backward:
        stretches = stretches[::-1]
    for number, stretch in enumerate(stretches):
        part = rows.filter(stretch.condition)
        if place is not None and number == 0:
            part = part.filter(_beyond(keys, place, stretch, backward=backward))
        yield stretch, part


def _stretches(lead: _Key) -> list[_Stretch]:
    if not lead.nullable:
        return [_Stretch(True)]
    has_value = lead.has_value()
    empty = Q(IsNull(F(lead.alias), True))
    if lead.textual:
        empty |= Q(Exact(F(lead.alias), Value("")))
    return [_Stretch(True, has_value), _Stretch(False, empty)]


def _order(keys: Sequence[_Key], stretch: _Stretch, *, backward: bool) -> list[Any]:
    terms: list[Any] = []
    for at, key in enumerate(keys):
        if at == 0 and not stretch.with_value:
            continue
        descending = key.descending != backward
        terms.append(_towards(key, descending, last=not backward if at and key.nullable else None))
    descending = _ids_descend(keys) != backward
    return [*terms, "-pk" if descending else "pk"]


def _towards(key: _Key, descending: bool, *, last: bool | None) -> Any:
    """Order by a key; `last` says where its empty values stand, None where there are none."""
    places = {} if last is None else {"nulls_last": True} if last else {"nulls_first": True}
    return F(key.alias).desc(**places) if descending else F(key.alias).asc(**places)


def _beyond(keys: Sequence[_Key], place: _Place, stretch: _Stretch, *, backward: bool) -> Q:
    """Give the condition "comes after the place in this walk", with a range on the leading key for the index."""
    used = [
        (at, key, value)
        for at, (key, value) in enumerate(zip(keys, place.values, strict=True))
        if at or stretch.with_value
    ]
    beyond_id = Q(pk__lt=place.record_id) if _ids_descend(keys) != backward else Q(pk__gt=place.record_id)
    condition = Q(beyond_id)
    for at, key, value in reversed(used):
        further = _further(key, value, nullable=bool(at) and key.nullable, backward=backward)
        condition = further | (_same(key, value) & condition)
    if used and used[0][0] == 0:
        lead, value = used[0][1], used[0][2]
        reach = LessThanOrEqual if lead.descending != backward else GreaterThanOrEqual
        condition = Q(reach(F(lead.alias), _operand(value))) & condition
    return condition


def _further(key: _Key, value: Any, *, nullable: bool, backward: bool) -> Q:
    """Give "beyond this value"; among further keys an empty value stands last."""
    if value is None:
        return Q(IsNull(F(key.alias), False)) if backward else Q(pk__in=())
    compare = LessThan if key.descending != backward else GreaterThan
    beyond = Q(compare(F(key.alias), _operand(value)))
    return beyond | Q(IsNull(F(key.alias), True)) if nullable and not backward else beyond


def _same(key: _Key, value: Any) -> Q:
    return Q(IsNull(F(key.alias), True)) if value is None else Q(Exact(F(key.alias), _operand(value)))


def _operand(value: Any) -> Any:
    return Value(value, output_field=BooleanField()) if isinstance(value, bool) else value


# --- cursors ---------------------------------------------------------------------------------------


def _encode(record: Any, keys: Sequence[_Key], sort: str, *, forward: bool) -> str:
    values = [pack(_lead_value(key, _of(record, key.alias), at)) for at, key in enumerate(keys)]
    data = [int(forward), sort, values, _of(record, "pk")]
    return base64.urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")


def _of(record: Any, name: str) -> Any:
    """Read a value of a model or, where a list was asked for with `.values("pk", …)`, of a plain row."""
    return record[name] if isinstance(record, dict) else getattr(record, name)


def _lead_value(key: _Key, value: Any, at: int) -> Any:
    return None if at == 0 and key.textual and value == "" else value


def _decode(cursor: str, keys: Sequence[_Key], sort: str) -> _Place:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        forward, made_for, packed, record_id = json.loads(raw)
        values = tuple(unpack(item) for item in packed)
        if made_for != sort or len(values) != len(keys) or type(record_id) is not int or forward not in (0, 1):
            raise ValueError(made_for)
        if not 0 <= record_id < 2**63:
            raise ValueError(record_id)
    except (ValueError, TypeError, ArithmeticError, binascii.Error, RecursionError) as problem:
        raise BadCursor(str(problem)) from problem
    return _Place(values, record_id, bool(forward), sort)
