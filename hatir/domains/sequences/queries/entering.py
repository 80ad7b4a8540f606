"""Who may be enrolled, and why not: asked before anything is written, for one record or for many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.sequences import rules
from hatir.domains.sequences.models import REASONS, Enrolment, Step
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.queries.subjects import (
    LINKS,
    MODELS,
    closed_as,
    reach_of,
    subject_of,
)
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.filtering import compile_tree, relation_schema, whole_company, with_steps
from hatir.foundation.records.registry import type_of_model
from hatir.kit.filters.schema import FilterError
from hatir.kit.filters.text import parse_text
from hatir.kit.filters.tree import Node
from hatir.kit.filters.values import FilterContext, resolve

NOT_YOURS, NOT_SEEN, NOT_IN_USE, CLOSED, ALREADY_IN, NOT_FOR = (
    "not_yours", "not_seen", "not_in_use", "closed", "already_in", "not_for",
)  # fmt: skip
MOST_OFFERED = 50


def words_of_refusal(why: str) -> str:
    """Say why a record cannot be enrolled."""
    words = {
        NOT_YOURS: _("You do not have the right to change this record."),
        NOT_SEEN: _("This sequence does not exist or you may not see it."),
        NOT_IN_USE: _("The sequence is not in use."),
        CLOSED: _("The record is closed."),
        ALREADY_IN: _("Already in this sequence."),
        NOT_FOR: _("The sequence is not meant for this record."),
        rules.NO_ADDRESS: _("There is no e-mail address."),
        rules.NO_CONSENT: _("There is no consent for e-mail."),
        rules.ADDRESS_BOUNCED: _("Mails to this address came back."),
    }
    return words.get(why) or str(dict(REASONS).get(why, why))


def refusals(records: Sequence[Enrolment], *, actor: Actor) -> dict[int, str]:
    """Say by place which new enrolments are refused, and why; what they carry must have been loaded.

    History that another program brings (finished, stopped) is judged by rights only.
    """
    found: dict[int, str] = {}
    seen, mine = _seen_sequences(records, actor), _mine(records, actor)
    held, fits = _held(records), _fitting(records)
    mails = _needs_mail({record.sequence_id for record in records})
    reaches = reach_of(records)
    for place, record in enumerate(records):
        subject = subject_of(record)
        if record.sequence_id not in seen:
            found[place] = NOT_SEEN
        elif subject is None or (type(subject), subject.pk) not in mine:
            found[place] = NOT_YOURS
        elif record.status not in rules.OPEN:
            continue
        elif record.sequence.state != rules.IN_USE or record.sequence.archived_at is not None:
            found[place] = NOT_IN_USE
        elif closed_as(subject):
            found[place] = CLOSED
        elif (record.sequence_id, subject.pk) in held:
            found[place] = ALREADY_IN
        elif (record.sequence_id, subject.pk) not in fits:
            found[place] = NOT_FOR
        elif record.sequence_id in mails and reaches[place].refusal:
            found[place] = reaches[place].refusal
        else:
            held.add((record.sequence_id, subject.pk))
    return found


def _seen_sequences(records: Sequence[Enrolment], actor: Actor) -> set[int]:
    ids = {record.sequence_id for record in records}
    return set(visible(actor, ContactSequence).filter(pk__in=ids).values_list("pk", flat=True))


def _mine(records: Sequence[Enrolment], actor: Actor) -> set[tuple[type[Any], int]]:
    """Name the records that the actor may change: whoever may not may not write in their name either."""
    found: set[tuple[type[Any], int]] = set()
    for model in MODELS.values():
        ids = {subject.pk for record in records if isinstance(subject := subject_of(record), model)}
        if ids:
            rows = visible(actor, model, "edit").filter(pk__in=ids).values_list("pk", flat=True)
            found |= {(model, pk) for pk in rows}
    return found


def _held(records: Sequence[Enrolment]) -> set[tuple[int, int]]:
    """Name sequence and record of the enrolments that are under way already."""
    found: set[tuple[int, int]] = set()
    for link in LINKS.values():
        ids = {getattr(record, f"{link}_id") for record in records} - {None}
        if ids:
            rows = Enrolment.objects.filter(status__in=rules.OPEN, archived_at=None, **{f"{link}__in": ids})
            found |= set(rows.values_list("sequence_id", f"{link}_id"))
    return found


def _needs_mail(sequence_ids: set[int]) -> set[int]:
    """Name the sequences that pause where a mail must not go: nobody is let in who would only be paused."""
    rows = Step.objects.filter(sequence__in=sequence_ids, archived_at=None, kind=rules.EMAIL, if_refused=rules.PAUSE)
    return set(rows.values_list("sequence_id", flat=True))


# --- whom a sequence is meant for ------------------------------------------------------------------


def read_rule(text: str, carries: str) -> Node:
    """Read a filter on what a sequence carries, in its text form. Raises FilterError."""
    return parse_text(text, with_steps(type_of_model(MODELS[carries])), relation_schema)


def condition_of(sequence: ContactSequence) -> Q:
    """Compile whom a sequence is meant for; without a rule it is all. Raises FilterError."""
    if not sequence.rule.strip():
        return Q()
    context = FilterContext(at=timezone.now(), zone=timezone.get_current_timezone())
    tree = resolve(read_rule(sequence.rule, sequence.carries), context)
    return compile_tree(tree, type_of_model(MODELS[sequence.carries]), see=whole_company)


def _fitting(records: Sequence[Enrolment]) -> set[tuple[int, int]]:
    """Name sequence and record where the record is one that the sequence is meant for."""
    sequences = {record.sequence_id: record.sequence for record in records}
    found: set[tuple[int, int]] = set()
    for pk, sequence in sequences.items():
        ids = {subject.pk for one in records if one.sequence_id == pk and (subject := subject_of(one)) is not None}
        if not sequence.rule.strip():
            found |= {(pk, record_id) for record_id in ids}
            continue
        try:
            rows = MODELS[sequence.carries].objects.filter(pk__in=ids).filter(condition_of(sequence))
        except FilterError:  # a field of the rule is gone: it fits nobody until somebody mends it
            continue
        found |= {(pk, record_id) for record_id in rows.values_list("pk", flat=True)}
    return found


def sequences_for(actor: Actor, carries: str) -> list[ContactSequence]:
    """List the sequences in use that carry such records, as far as the actor sees them."""
    rows = visible(actor, ContactSequence).filter(carries=carries, state=rules.IN_USE, archived_at=None)
    return list(rows.order_by("name", "pk")[:MOST_OFFERED])
