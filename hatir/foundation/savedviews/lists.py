"""What a list shows: one page of a type, filtered and in order, read through the read door at a bounded cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Prefetch, QuerySet, Sum

from hatir.foundation.access.queries import (
    asked_condition,
    asked_sorts,
    open_fields,
    readable_fields,
    relations_for,
    scope_condition,
    visible,
)
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.expressions import value_expression
from hatir.foundation.records.fields import NUMERIC, TO_ONE, FieldSpec
from hatir.foundation.records.filtering import with_steps
from hatir.foundation.records.querying import (
    PAGE_SIZE,
    BadCursor,
    Estimate,
    Page,
    estimate,
    ordered,
    page_of,
    sort_text,
)
from hatir.foundation.records.registry import fields_of, record_type, record_types
from hatir.kit.filters.parse import parse
from hatir.kit.filters.schema import FieldShape
from hatir.kit.filters.tree import Node

Schema = Mapping[str, FieldShape]
NEVER_SUMMED = frozenset({"hue", "position"})
MOST_COLUMNS = 24


@dataclass(frozen=True)
class ListQuery:
    """What somebody wants to see: filter as JSON, order, columns, archived instead of live ones, and the place."""

    filter: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    columns: tuple[str, ...] = ()
    archived: bool = False
    cursor: str = ""
    size: int = PAGE_SIZE


@dataclass(frozen=True)
class Total:
    """Sum and average of a numeric column over all that the filter gives."""

    spec: FieldSpec
    sum: Decimal
    average: Decimal


def filter_schema(actor: Actor, rt: RecordType) -> tuple[Schema, Callable[[str], Schema]]:
    """Give what the actor's filters on a type may talk about, and the same for types behind its relations."""
    return with_steps(rt, open_fields(actor, rt)), relations_for(actor)


def read_filter(actor: Actor, rt: RecordType, data: Mapping[str, Any]) -> Node:
    """Read a filter with the actor's rights. Raises FilterError."""
    return parse(dict(data), *filter_schema(actor, rt))


def rows_of(actor: Actor, rt: RecordType, query: ListQuery, verb: str = "view") -> QuerySet[Any]:
    """Give all records that the query is about and on which the actor may use the verb. Raises FilterError."""
    rows = visible(actor, rt, verb).filter(archived_at__isnull=not query.archived)
    return rows.filter(asked_condition(actor, rt, query.filter))


def columns_of(actor: Actor, rt: RecordType, names: Sequence[str] = ()) -> list[FieldSpec]:
    """Give the columns to show: the title first, then the named ones (or the declared) that the actor may read."""
    fields = readable_fields(actor, rt)
    wanted = list(names) or list(rt.list_columns)
    chosen = dict.fromkeys([rt.title, *wanted])
    return [fields[name] for name in chosen if name in fields][:MOST_COLUMNS]


def tidy_sort(actor: Actor, rt: RecordType, text: str) -> str:
    """Keep of an order what the actor may sort by; empty means the type's own order."""
    return sort_text(asked_sorts(actor, rt, text))


def read_list(actor: Actor, rt: RecordType, query: ListQuery) -> Page:
    """Read one page with everything its columns need. Raises FilterError; a cursor of another list starts anew."""
    columns = columns_of(actor, rt, query.columns)
    sorts = asked_sorts(actor, rt, query.sort or ",".join(rt.order))
    rows = _with_columns(actor, rt, rows_of(actor, rt, query), columns)
    try:
        return page_of(rows, rt, sorts, size=query.size, cursor=query.cursor)
    except BadCursor:
        return page_of(rows, rt, sorts, size=query.size)


def in_order(actor: Actor, rt: RecordType, query: ListQuery, verb: str = "view") -> QuerySet[Any]:
    """Give all records of the query in its order, to be streamed. Raises FilterError."""
    sorts = asked_sorts(actor, rt, query.sort or ",".join(rt.order))
    return ordered(rows_of(actor, rt, query, verb), rt, sorts)


def how_many(actor: Actor, rt: RecordType, query: ListQuery, page: Page | None = None) -> Estimate:
    """Count what the query gives, exactly up to 10,000. Raises FilterError."""
    return estimate(rows_of(actor, rt, query), known=page)


def _with_columns(actor: Actor, rt: RecordType, rows: QuerySet[Any], columns: Sequence[FieldSpec]) -> QuerySet[Any]:
    """Load what is shown and nothing else: joins for to-one columns, one more read for each to-many column."""
    only = {"pk", "archived_at", "version", *_telling_fields(rt)}
    specs = fields_of(rt)
    related: list[str] = []
    for spec in columns:
        if spec.is_custom:
            only.add("custom")
        elif spec.kind == "relations":
            shown = _titles(actor, record_type(spec.target))
            rows = rows.prefetch_related(Prefetch(spec.path, queryset=shown, to_attr=_kept_under(spec)))
        else:
            only.add(spec.path)
            if spec.name in rt.late:
                only |= {specs[name].path for name in rt.late[spec.name].needs}
            if spec.kind == "money" and rt.currency:
                only.add(rt.currency)
            if spec.kind in TO_ONE and spec.target:
                related.append(spec.path)
                only |= {f"{spec.path}__{name}" for name in _named_by(record_type(spec.target))}
    if rt.title.startswith("custom."):
        only.add("custom")
    return rows.select_related(*related).only(*only) if related else rows.select_related(None).only(*only)


def shown_of(record: Any, spec: FieldSpec) -> Sequence[Any]:
    """Give what a to-many column shows of a record that `read_list` read; of another record, read it now."""
    kept: Sequence[Any] | None = vars(record).get(_kept_under(spec))
    return kept if kept is not None else list(getattr(record, spec.path).all())


def _kept_under(spec: FieldSpec) -> str:
    # A list of its own: Django's cache of the relation would make a manager and a query for each of fifty rows.
    return f"shown_{spec.path}"


def _telling_fields(rt: RecordType) -> set[str]:
    """Name the columns that tell which narrower type a record is of, and its type when it is the company's own."""
    narrower = [other for other in record_types() if other.narrows == rt.root_key and other.model is rt.model]
    names = {name for other in (rt, *narrower) for name in other.where}
    return {name for name in names if "__" not in name}


def _title_column(target: RecordType) -> str:
    return "custom" if target.title.startswith("custom.") else target.title


def _titles(actor: Actor, target: RecordType) -> QuerySet[Any]:
    names = {"pk", *_named_by(target)}
    return visible(actor, target).order_by(*[name for name in target.order if "." not in name]).only(*names)


def _named_by(target: RecordType) -> set[str]:
    """Name the columns that a link to a record shows: its title, and its colour where it has one."""
    return {_title_column(target), *(["hue"] if "hue" in fields_of(target) else [])}


def hidden_targets(actor: Actor, columns: Sequence[FieldSpec], rows: Sequence[Any]) -> dict[str, frozenset[int]]:
    """Name, for each to-one column, the targets on this page that the actor may not see.

    Costs nothing for those who may see all, and otherwise one statement for each column.
    """
    hidden: dict[str, frozenset[int]] = {}
    for spec in columns:
        if spec.kind not in TO_ONE or spec.is_custom or not spec.target:
            continue
        target = record_type(spec.target)
        if scope_condition(actor, target) is None:
            continue
        ids = {getattr(row, f"{spec.path}_id") for row in rows} - {None}
        if ids:
            seen = set(visible(actor, target).filter(pk__in=ids).values_list("pk", flat=True))
            hidden[spec.name] = frozenset(ids - seen)
    return hidden


def totals(
    actor: Actor, rt: RecordType, query: ListQuery, columns: Sequence[FieldSpec], counted: Estimate
) -> list[Total]:
    """Sum the numeric columns over all that the filter gives, in one statement; nothing for large lists."""
    summed = [
        spec
        for spec in columns
        if spec.kind in NUMERIC
        and spec.kind != "percent"
        and not spec.masked
        and spec.name not in NEVER_SUMMED
        and not spec.is_year
        and not spec.reckon
    ]
    if not summed or not counted.exact or counted.count < 2:
        return []
    asked: dict[str, Any] = {}
    for at, spec in enumerate(summed):
        asked[f"sum_{at}"] = Sum(value_expression(spec))
        asked[f"average_{at}"] = Avg(value_expression(spec))
    found = rows_of(actor, rt, query).order_by().aggregate(**asked)
    return [
        Total(spec, Decimal(str(found[f"sum_{at}"])), round(Decimal(str(found[f"average_{at}"])), 2))
        for at, spec in enumerate(summed)
        if found[f"sum_{at}"] is not None
    ]
