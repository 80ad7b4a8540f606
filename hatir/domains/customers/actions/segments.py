"""The verbs of segments: rules are judged before they are kept, and what they give is put to use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hatir.domains.customers.actions.customers import add_to_list
from hatir.domains.customers.models import CustomerList, Segment, TargetCriterion
from hatir.domains.customers.queries.rules_of_segments import (
    SEGMENT,
    circle_of,
    hidden_segments,
    needs_of,
    partly_seen,
    read_rule,
)
from hatir.domains.customers.queries.segments import recipients_of
from hatir.foundation.access.queries import visible
from hatir.foundation.records import actions as generic
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type, type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.kit.filters.schema import FilterError
from hatir.kit.filters.text import to_text
from hatir.kit.filters.tree import All

MOST_ON_LIST = 20_000
"""A list is filled through the write door, in one piece; whoever needs more sends to the segment itself."""


def create_segments(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Segment]:
    """Make segments; their rules are read with the actor's rights. Raises Invalid with the row's position."""
    rt = type_of_model(Segment)
    records: list[Segment] = []
    for row in rows:
        record: Segment = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    _judge(records, actor)
    return writing.save_many(records, actor=actor)


def update_segments(
    pairs: Sequence[tuple[Segment, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Segment]:
    """Change segments; a changed rule is read with the actor's rights. See `writing.save_many` for the errors."""
    rt = type_of_model(Segment)
    for record, values in pairs:
        put_all(rt, record, values)
    _judge([record for record, values in pairs if "rule" in values], actor)
    return writing.save_many([record for record, _values in pairs], actor=actor, expected_version=expected_version)


def create_criteria(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[TargetCriterion]:
    """Add criteria of a target customer. Raises Invalid with the row's position."""
    rt = type_of_model(TargetCriterion)
    records: list[TargetCriterion] = []
    for row in rows:
        record: TargetCriterion = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    _judge(records, actor)
    return writing.save_many(records, actor=actor)


def update_criteria(
    pairs: Sequence[tuple[TargetCriterion, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[TargetCriterion]:
    """Change criteria. See `writing.save_many` for the errors."""
    rt = type_of_model(TargetCriterion)
    for record, values in pairs:
        put_all(rt, record, values)
    _judge([record for record, values in pairs if "rule" in values], actor)
    return writing.save_many([record for record, _values in pairs], actor=actor, expected_version=expected_version)


def _judge(records: Sequence[Segment | TargetCriterion], actor: Actor) -> None:
    """Write each rule in its one form, or say what is wrong with it. Raises Invalid naming each row."""
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, record in enumerate(records):
        try:
            record.rule = checked_rule(record.rule, actor, segment_id=record.pk if isinstance(record, Segment) else 0)
        except FilterError as problem:
            wrong[at] = {"rule": [str(problem)]}
    if wrong:
        raise Invalid(rows=wrong)


def checked_rule(rule: str, actor: Actor, *, segment_id: int = 0) -> str:
    """Give a rule in its one form. Raises FilterError with the reason why it cannot be the rule of this segment."""
    tree = read_rule(rule, actor)
    if tree == All(()):
        raise FilterError(_("Give at least one condition."))
    needs = needs_of(tree)
    if needs.asks_who:
        raise FilterError(_("Who is in a segment is the same for everybody, so it cannot ask for “me” or “my teams”."))
    if not actor.is_system:
        part = partly_seen(actor, needs)
        if part:
            text = _("You see only a part of: %(records)s. A condition on them would tell about the others.")
            raise FilterError(text % {"records": part})
        if needs.segments - set(visible(actor, SEGMENT).filter(pk__in=needs.segments).values_list("pk", flat=True)):
            raise FilterError(_("A segment that is named in the conditions does not exist, or is hidden from you."))
        if needs.segments & hidden_segments(actor):
            raise FilterError(_("A segment that is named in the conditions does not exist, or is hidden from you."))
    trail = circle_of(segment_id, needs) if segment_id else []
    if trail:
        names = " → ".join(trail)
        raise FilterError(_("This would go in a circle: %(names)s looks at this segment itself.") % {"names": names})
    return to_text(tree)


def make_list_of(
    name: str, *, including: Sequence[int], excluding: Sequence[int] = (), actor: Actor
) -> tuple[CustomerList, int]:
    """Put the recipients of segments, as they are now, on a new static list; give it with how many there are.

    Raises Invalid for a list without a name, or when there are more than 20,000.
    """
    if not name.strip():
        raise Invalid({"name": [_("Give the list a name.")]})
    ids = list(recipients_of(actor, including, excluding).rows.values_list("pk", flat=True)[: MOST_ON_LIST + 1])
    if len(ids) > MOST_ON_LIST:
        raise Invalid({"name": [_("A list holds at most %(count)d customers; use the segments themselves.")
                                % {"count": MOST_ON_LIST}]})  # fmt: skip
    made: CustomerList = generic.create(record_type("customers.list"), [{"name": name.strip()}], actor=actor)[0]
    return made, add_to_list(made, ids, actor=actor)
