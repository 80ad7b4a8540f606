"""Read records as forms to compare, and find those that look like one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hatir.foundation.access.queries import readable_fields, visible
from hatir.foundation.merging import key_table
from hatir.foundation.merging.blocking import keys
from hatir.foundation.merging.comparisons import Compare
from hatir.foundation.merging.declared import Duplicates, compared_type
from hatir.foundation.merging.features import Form, form, present
from hatir.foundation.merging.models import DIFFERENT, Pair
from hatir.foundation.merging.queries import chosen_rules, learnt
from hatir.foundation.merging.weighing import Scale, Verdict
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import CUSTOM_PREFIX
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.records.snapshot import value_of
from hatir.kit.person_names import split_name

PAGE = 5_000
Forms = tuple[Form, ...]
MOST = 5
MOST_COMPARED = 500


@dataclass(frozen=True)
class LookAlike:
    """A record that looks like another one, and why."""

    record: Any
    verdict: Verdict


def live_rows(rt: RecordType) -> Any:
    """Give the records of a type that are compared: those in daily sight."""
    return rt.model._base_manager.filter(archived_at=None, **rt.where)


def all_forms(rt: RecordType, rules: Duplicates) -> Iterator[list[tuple[int, Forms]]]:
    """Read all records of a type as (id, forms), in pages by id."""
    more = [_more_of_all(compare) for compare in rules.comparisons]
    last = 0
    while True:
        page = _read(rt, rules, live_rows(rt).filter(pk__gt=last).order_by("pk")[:PAGE], more)
        if not page:
            return
        yield page
        last = page[-1][0]


def forms_of(rt: RecordType, rules: Duplicates, ids: Sequence[int]) -> list[tuple[int, Forms]]:
    """Read some records of a type as (id, forms); archived ones are left out."""
    more = [_more(compare, ids) for compare in rules.comparisons]
    return _read(rt, rules, live_rows(rt).filter(pk__in=list(ids)).order_by("pk"), more)


def forms_of_values(rules: Duplicates, values: Mapping[str, Any]) -> Forms:
    """Bring values that are not stored yet into their forms."""
    return tuple(
        form(compare.kind, [values.get(name) or "" for name in compare.fields]) for compare in rules.comparisons
    )


def _read(rt: RecordType, rules: Duplicates, rows: Any, more: Sequence[Mapping[int, list[str]]]) -> list[Any]:
    columns = ["pk"]
    places = [[_place(columns, rt, name, compare) for name in compare.read_from] for compare in rules.comparisons]
    own = columns.index("custom") if "custom" in columns else 0
    found = []
    for row in rows.values_list(*columns):
        forms = tuple(
            form(
                compare.kind,
                [
                    *(row[at] if isinstance(at, int) else (row[own] or {}).get(at) for at in compared),
                    *further.get(row[0], ()),
                ],
            )
            for compare, compared, further in zip(rules.comparisons, places, more, strict=True)
        )
        found.append((row[0], forms))
    return found


def _place(columns: list[str], rt: RecordType, name: str, compare: Compare) -> int | str:
    """Say where a value stands in a row: its place, or its key among the own fields."""
    if name.startswith(CUSTOM_PREFIX):
        if "custom" not in columns:
            columns.append("custom")
        return name.removeprefix(CUSTOM_PREFIX)
    path = name if compare.columns else fields_of(rt)[name].path
    if path not in columns:
        columns.append(path)
    return columns.index(path)


def _more_of_all(compare: Compare) -> Mapping[int, list[str]]:
    return _collected(compare, None) if compare.more else {}


def _more(compare: Compare, ids: Sequence[int]) -> Mapping[int, list[str]]:
    return _collected(compare, ids) if compare.more else {}


def _collected(compare: Compare, ids: Sequence[int] | None) -> dict[int, list[str]]:
    assert compare.more is not None
    more = compare.more
    rows = record_type(more.of).model._base_manager.filter(archived_at=None, **more.where)
    if ids is not None:
        rows = rows.filter(**{f"{more.link}__in": list(ids)})
    found: dict[int, list[str]] = {}
    for owner, value in rows.values_list(f"{more.link}_id", more.value).iterator(chunk_size=PAGE):
        found.setdefault(owner, []).append(value)
    return found


# --- one record against all -----------------------------------------------------------------------


def look_alikes(
    actor: Actor, rt: RecordType, values: Mapping[str, Any], *, besides: int | None = None, limit: int = MOST
) -> list[LookAlike]:
    """Find records that look like one with these values, the likeliest first; only those that the actor may see.

    Only fields that the actor may read are compared, so the answer tells nothing that is closed to them.
    """
    compared = compared_type(rt, values)
    if compared is None:
        return []
    rules = chosen_rules(compared)
    readable = readable_fields(actor, compared)
    forms = forms_of_values(rules, {name: value for name, value in values.items() if name in readable})
    return _alike(actor, compared, rules, forms, besides, limit)


def look_alikes_of(actor: Actor, rt: RecordType, record: Any, *, limit: int = MOST) -> list[LookAlike]:
    """Find records that look like one that is stored, further telephones and e-mails included; as `look_alikes`."""
    kinds = {name: value_of(spec, record) for name, spec in fields_of(rt).items() if spec.kind == "choice"}
    compared = compared_type(rt, kinds)
    if compared is None:
        return []
    rules = chosen_rules(compared)
    readable = readable_fields(actor, compared)
    own = next((forms for _id, forms in forms_of(compared, rules, [record.pk])), None)
    if own is None:
        return []
    forms = tuple(
        each if readable.keys() >= set(compare.fields) else form(compare.kind, [""] * len(compare.fields))
        for compare, each in zip(rules.comparisons, own, strict=True)
    )
    return _alike(actor, compared, rules, forms, record.pk, limit)


def completed(rt: RecordType, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give values of a new record as they are compared: kinds as they would be, a whole name in its two parts."""
    root = record_type(rt.root_key)
    kinds = {spec.name: spec.default for spec in fields_of(root).values() if spec.kind == "choice"}
    known = {**kinds, **values, **rt.where}
    if known.get("name") and not known.get("given_name") and not known.get("family_name"):
        parts = split_name(str(known["name"]))
        known |= {"given_name": parts.given, "family_name": parts.family}
    return known


def _alike(
    actor: Actor, compared: RecordType, rules: Duplicates, forms: Forms, besides: int | None, limit: int
) -> list[LookAlike]:
    if not present(forms):
        return []
    scale, at_least = scale_of(compared, rules)
    ids = near(compared, rules, forms) - {besides}
    found = [
        (record_id, scale.explain(forms, others))
        for record_id, others in forms_of(compared, rules, sorted(ids)[-MOST_COMPARED:])
    ]
    likely = sorted((pair for pair in found if pair[1].score >= at_least), key=lambda pair: -pair[1].bits)
    settled = _settled(besides)
    wanted = [record_id for record_id, _verdict in likely if record_id not in settled]
    records = visible(actor, compared).filter(archived_at=None).in_bulk(wanted[: limit * 4])
    shown = [LookAlike(records[record_id], verdict) for record_id, verdict in likely if record_id in records]
    return shown[:limit]


def _settled(record_id: int | None) -> set[int]:
    if record_id is None:
        return set()
    from django.db.models import Q

    rows = Pair.objects.filter(Q(one_id=record_id) | Q(other_id=record_id), state=DIFFERENT)
    return {pk for pair in rows.values_list("one_id", "other_id") for pk in pair} - {record_id}


def near(rt: RecordType, rules: Duplicates, forms: Forms) -> set[int]:
    """Give the ids of records that share a key with these forms."""
    return key_table.sharing(keys(rt.key, rules.comparisons, forms), learnt(rt)[1])


def scale_of(rt: RecordType, rules: Duplicates) -> tuple[Scale, int]:
    """Give the scale of a type with what was learnt, and the score from which on pairs are shown."""
    return Scale(rules.comparisons, learnt(rt)[0]), rules.threshold
