"""Asking which records are probably one, making them one, and two again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import get_visible, may, readable_fields, visible
from hatir.foundation.merging import actions as merging
from hatir.foundation.merging import candidates, queries, separating
from hatir.foundation.merging.choosing import BOTH, LOSER, WINNER
from hatir.foundation.merging.comparing import CLOSE, SAME, SIMILAR
from hatir.foundation.merging.declared import is_compared
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.records.values import clean_values
from hatir.interface.api.problems import Problem
from hatir.interface.api.shapes import Shape, incoming
from hatir.interface.api.writes import as_programs_write, locked, record_id

MOST, USUAL = 50, 5
LEVELS = {SAME: "same", CLOSE: "close", SIMILAR: "similar"}
SIDES = (WINNER, LOSER, BOTH)
OWN_WORDS = ("of", "limit", "cursor")


def compared(rt: RecordType) -> RecordType:
    """Give a type whose duplicates are found. Raises NotFoundHere for any other."""
    if not is_compared(rt):
        raise NotFoundHere(rt.key)
    return rt


def asked(actor: Actor, rt: RecordType, query: QueryDict) -> dict[str, Any]:
    """Answer a question in an address: like one record (`of`), like given values, or all pairs that are open."""
    for name in query:
        if "\x00" in name or any("\x00" in value for value in query.getlist(name)):
            raise Problem("invalid_query", errors={name.replace("\x00", ""): [_("This value cannot be read.")]})
    limit = _limit(query.get("limit"))
    values = {name: query[name] for name in query if name not in OWN_WORDS}
    if values and "of" in query:
        raise Problem("invalid_query", errors={"of": [_("Ask for one record or for values, not for both.")]})
    if "of" in query:
        return _like_record(actor, rt, record_id(query.get("of", "")), limit)
    return like_values(actor, rt, values, limit) if values else _open_pairs(actor, rt, query.get("cursor", ""), limit)


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST):
        told = _("Enter a number from %(low)d to %(high)d.") % {"low": 1, "high": MOST}
        raise Problem("invalid_query", errors={"limit": [told]})
    return int(text)


def like_values(actor: Actor, rt: RecordType, data: Mapping[str, Any], limit: int = USUAL) -> dict[str, Any]:
    """Answer which records look like one with these values. Raises Invalid for unknown fields and bad values."""
    readable, flat = readable_fields(actor, rt), incoming(data)
    unknown = {name: [_("There is no such field.")] for name in flat if name not in readable}
    if unknown:
        raise Invalid(unknown)
    values = clean_values(readable, as_programs_write(readable, flat), complete=False)
    return _told(actor, rt, candidates.look_alikes(actor, rt, candidates.completed(rt, values), limit=limit))


def _like_record(actor: Actor, rt: RecordType, key: int, limit: int) -> dict[str, Any]:
    record = get_visible(actor, rt, key)
    return _told(actor, rt, candidates.look_alikes_of(actor, rt, record, limit=limit))


def _told(actor: Actor, rt: RecordType, found: Sequence[candidates.LookAlike]) -> dict[str, Any]:
    shape, readable = Shape(actor, rt), readable_fields(actor, rt)
    data = [
        {
            "score": one.verdict.score,
            "reasons": _reasons([[each.key, each.level] for each in one.verdict.reasons], readable),
            "records": [shape.one(one.record)],
        }
        for one in found
    ]
    return {"data": data, "next": None}


def _reasons(reasons: Sequence[Sequence[Any]], readable: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"field": each[0], "level": LEVELS.get(each[1], "different")} for each in reasons if each[0] in readable]


def _open_pairs(actor: Actor, rt: RecordType, cursor: str, limit: int) -> dict[str, Any]:
    if not may(actor, "merge", rt):
        raise Denied("merge", rt.key)
    shape, readable = Shape(actor, rt), readable_fields(actor, rt)
    data: list[dict[str, Any]] = []
    page = queries.pairs_page(actor, rt, after=cursor, limit=limit)
    for pair in page.pairs:
        both = [page.records[key] for key in (pair.one_id, pair.other_id) if key in page.records]
        told = {"score": pair.score, "reasons": _reasons(pair.reasons, readable)}
        data.append({**told, "records": [shape.one(record) for record in both]})
    return {"data": data, "next": page.next_after or None}


def merge(actor: Actor, rt: RecordType, key: int, data: Mapping[str, Any], if_match: str) -> Any:
    """Let the record named `with` go into this one; give this one. `choices` says by field whose value counts."""
    errors = {name: [_("There is no such field.")] for name in data if name not in ("with", "choices")}
    loser, choices = data.get("with"), data.get("choices", {})
    if not isinstance(loser, str):
        errors["with"] = [_("Give the id of a record.")]
    known = fields_of(rt)
    if not isinstance(choices, dict) or any(name not in known or choices[name] not in SIDES for name in choices):
        errors["choices"] = [_("Give “winner”, “loser” or “both” for fields of the record.")]
    if errors:
        raise Invalid(errors)
    record = locked(actor, rt, key, if_match)
    other = get_visible(actor, rt, record_id(str(loser)))
    merging.merge(rt.key, record.pk, other.pk, actor=actor, chosen=choices)
    return visible(actor, rt).get(pk=record.pk)


def unmerge(actor: Actor, rt: RecordType, key: int) -> Any:
    """Make the record that went into another one by itself again; give it. Raises CannotUnmerge or NotFoundHere."""
    found = queries.merge_of(key)
    if found is None or found.type_key != record_type(rt.root_key).key:
        raise NotFoundHere(str(key))
    separating.unmerge(found.pk, actor=actor)
    return get_visible(actor, rt, key)
