"""The form of one step: what was typed, what is wrong with it, and the fields that its text may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from hatir.domains.sequences import rules
from hatir.domains.sequences.models import REFUSALS, UNITS, Step
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.staff.models import User
from hatir.kit.ids import decode_id, encode_id


@dataclass(frozen=True)
class StepForm:
    """A step on its way: texts as they were typed, by name of the field; `errors` by the same names."""

    kind: str
    texts: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)


def form_of(step: Step) -> StepForm:
    """Give a stored step as its form shows it."""
    return StepForm(step.kind, {
        "title": step.title,
        "text": step.text,
        "wait_amount": str(step.wait_amount),
        "wait_unit": step.wait_unit,
        "limit_days": "" if step.limit_days is None else str(step.limit_days),
        "assignee": encode_id(step.assignee_id) if step.assignee_id else "",
        "if_refused": step.if_refused,
        "version": str(step.version),
    })  # fmt: skip


def empty_form(kind: str) -> StepForm:
    """Give the form of a new step."""
    return StepForm(kind, {"wait_amount": "2", "wait_unit": rules.WORKING_DAYS, "if_refused": rules.PAUSE})


def typed_form(kind: str, sent: QueryDict, errors: Mapping[str, Sequence[str]] | None = None) -> StepForm:
    """Give a form as it was sent."""
    names = ("title", "text", "wait_amount", "wait_unit", "limit_days", "assignee", "if_refused", "version")
    return StepForm(kind, {name: str(sent.get(name, "")).replace("\x00", "") for name in names}, errors or {})


def read_step(kind: str, sent: QueryDict) -> dict[str, Any]:
    """Read the values of a step by field. Raises Invalid for what cannot be read."""
    texts, errors = typed_form(kind, sent).texts, {}
    values: dict[str, Any] = {"kind": kind}
    if kind == rules.WAIT:
        values["wait_unit"] = texts["wait_unit"] if texts["wait_unit"] in dict(UNITS) else rules.WORKING_DAYS
        wanted: tuple[str, ...] = ("wait_amount",)
    else:
        values |= {"title": texts["title"][:200], "text": texts["text"][:20_000]}
        wanted = ("limit_days",) if kind in rules.PLANNED else ()
    for name in wanted:
        try:
            values[name] = _whole(texts[name], may_be_empty=name == "limit_days")
        except ValueError:
            errors[name] = [_("Enter a whole number.")]
    if kind in rules.PLANNED:
        values["assignee"] = _id(texts["assignee"])
    if kind == rules.EMAIL:
        values["if_refused"] = texts["if_refused"] if texts["if_refused"] in dict(REFUSALS) else rules.PAUSE
    if errors:
        raise Invalid(errors)
    return values


def _whole(text: str, *, may_be_empty: bool) -> int | None:
    text = text.strip()
    if not text and may_be_empty:
        return None
    if not text.isdecimal() or len(text) > 3:
        raise ValueError(text)
    return int(text)


def _id(text: str) -> int | None:
    try:
        return decode_id(text) if text else None
    except ValueError:
        return None


def labels_of(kind: str) -> tuple[str, str]:
    """Say what title and text of a step are called."""
    return {
        rules.EMAIL: (_("Subject"), pgettext("sequence", "Text of the mail")),
        rules.CALL: (_("What is the call about?"), _("Note for the call")),
    }.get(kind, (_("What is to be done?"), _("Note")))


def merge_names(carries: str) -> list[str]:
    """List the fields that texts for such records may have, by the names of the reader's language."""
    language = get_language() or "tr"
    return [rules.name_for(key, language) for key in rules.keys_for(carries)]


def colleagues(actor: Actor) -> list[tuple[str, str]]:
    """List who can do a call or task."""
    rows = visible(actor, User).filter(is_active=True, archived_at=None).order_by("name", "pk")[:200]
    return [(encode_id(user.pk), user.name) for user in rows]
