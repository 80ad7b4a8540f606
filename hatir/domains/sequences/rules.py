"""Pure reckoning of sequences: which step follows, when, how many mails may go now, words with fields. No database."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Protocol, TypeVar

from hatir.kit.text_tr import fold
from hatir.kit.working_time import Calendar, add_days

LEADS, DEALS, CUSTOMERS = "leads", "deals", "customers"
DRAFT, IN_USE, RESTING = "draft", "active", "paused"
EMAIL, CALL, TASK, WAIT = "email", "call", "task", "wait"
PLANNED = (CALL, TASK)
WORKING_DAYS, DAYS = "working", "days"
PAUSE, SKIP = "pause", "skip"

ACTIVE, PAUSED, FINISHED, STOPPED = "active", "paused", "finished", "stopped"
OPEN = (ACTIVE, PAUSED)
MOVES: Mapping[str, frozenset[str]] = {
    ACTIVE: frozenset({PAUSED, STOPPED, FINISHED}),
    PAUSED: frozenset({ACTIVE, STOPPED}),
    STOPPED: frozenset({ACTIVE}),
    FINISHED: frozenset(),
}
"""What may follow each status of an enrolment. One that was stopped may be taken up again where it stood."""

REPLIED, MEETING, BOUNCED, UNSUBSCRIBED = "replied", "meeting", "bounced", "unsubscribed"
CONVERTED, DISQUALIFIED, WON, LOST, BY_HAND = "converted", "disqualified", "won", "lost", "by_hand"
NO_ADDRESS, NO_CONSENT, ADDRESS_BOUNCED, LACKS_WORD = "no_address", "no_consent", "address_bounced", "lacks_word"
SENDER_GONE, RECORD_ARCHIVED, REFUSED = "sender_gone", "archived", "refused"
LETS_GO_ON = (SENDER_GONE, RECORD_ARCHIVED)
"""Reasons of a pause that end by themselves: somebody else took over, the record came back."""

FOR_TIME, FOR_SENDER, FOR_TASK = "time", "sender", "task"
"""What an enrolment waits for: only its time, its sender's turn, or a task."""


def may_follow(now: str, then: str) -> bool:
    """Tell whether an enrolment may go from one status to another; it may always stay where it is."""
    return now == then or then in MOVES[now]


# --- which step follows ----------------------------------------------------------------------------


class Placed(Protocol):
    """A step as far as its place goes."""

    @property
    def pk(self) -> int: ...
    @property
    def position(self) -> int: ...


S = TypeVar("S", bound=Placed)


def following(steps: Sequence[S], stood_on: Placed | None, taken: Collection[int]) -> S | None:
    """Give the step that follows where somebody stood, or the first; one that was taken already is left out.

    `steps` are those in use, in their order. The step stood on may have been removed: its place still counts.
    """
    place = (-1, -1) if stood_on is None else (stood_on.position, stood_on.pk)
    return next((step for step in steps if (step.position, step.pk) > place and step.pk not in taken), None)


def moved(order: Sequence[int], one: int, to: int) -> list[int]:
    """Give an order with one of its elements at another place; places beyond the ends are the ends."""
    rest = [other for other in order if other != one]
    place = max(0, min(to, len(rest)))
    return [*rest[:place], one, *rest[place:]]


def wait_end(since: datetime, amount: int, unit: str, calendar: Calendar) -> datetime:
    """Give when a wait that began at an instant is over: the same local time so many (working) days later."""
    return add_days(since, amount, calendar, working=unit == WORKING_DAYS)


# --- how many mails may go now ---------------------------------------------------------------------

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Sent:
    """How many mails a sender sent: within the last minute, the last hour, and since the day began."""

    minute: int = 0
    hour: int = 0
    day: int = 0


def most_a_minute(per_hour: int) -> int:
    """Give how many mails of an hour's share go in one minute, so that they are spread; at least one."""
    return -(-per_hour // 60)


def room_for(sent: Sent, *, per_hour: int, per_day: int) -> int:
    """Give how many more mails may go now: none of the three limits is passed."""
    left = (most_a_minute(per_hour) - sent.minute, per_hour - sent.hour, per_day - sent.day)
    return max(0, min(left))


# --- words with fields -----------------------------------------------------------------------------

_FIELD = re.compile(r"\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
NAMES: Mapping[str, tuple[str, ...]] = {
    "first_name": ("ad", "isim"),
    "last_name": ("soyad", "soyisim"),
    "full_name": ("ad soyad", "tam ad"),
    "company": ("firma", "şirket", "kurum"),
    "job_title": ("unvan", "görev"),
    "city": ("şehir", "il"),
    "owner": ("sahip", "temsilci"),
    "owner_first_name": ("sahip adı", "temsilci adı"),
    "owner_title": ("sahip unvanı", "temsilci unvanı"),
    "owner_phone": ("sahip telefonu", "temsilci telefonu"),
    "owner_email": ("sahip e-postası", "temsilci e-postası"),
    "our_company": ("şirketimiz", "firmamız"),
    "today": ("bugün", "tarih"),
    "need": ("ihtiyaç",),
    "product": ("ürün",),
    "deal": ("fırsat",),
    "amount": ("tutar",),
}
"""What may stand between double braces: by its English name or any of the Turkish ones, in any spelling."""
ONLY_IN: Mapping[str, frozenset[str]] = {
    "deal": frozenset({DEALS}),
    "amount": frozenset({LEADS, DEALS}),
    "product": frozenset({LEADS, DEALS}),
}
"""Fields that only some kinds of records have."""


def _spelt(name: str) -> str:
    return fold(name).replace("_", " ").replace("-", " ").strip()


_KEYS: Mapping[str, str] = {_spelt(name): key for key, names in NAMES.items() for name in (key, *names)}


@dataclass(frozen=True)
class Field:
    """A field as it stands in a text; `otherwise` is said where the record has no value."""

    name: str
    key: str
    otherwise: str | None = None


@dataclass(frozen=True)
class Unknown:
    """A name between braces that no field has, with the key that was probably meant ("" when none is near)."""

    name: str
    near: str = ""


class Unbalanced(ValueError):
    """Braces that open and do not close, or the other way round."""


class Lacking(ValueError):
    """A record has no value for fields that a text needs; `names` as they stand in the text."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(dict.fromkeys(names))
        super().__init__(", ".join(self.names))


def fields_in(text: str) -> Iterator[Field]:
    """Give the fields of a text in their order; an unknown one has no key."""
    for found in _FIELD.finditer(text):
        name = found[1].strip()
        yield Field(name, _KEYS.get(_spelt(name), ""), None if found[2] is None else found[2].strip())


def unknown_in(text: str, carries: str) -> list[Unknown]:
    """List what a text for such records asks for and no record has. Raises Unbalanced."""
    if _BRACES.search(_FIELD.sub("", text)):
        raise Unbalanced(text)
    found = []
    for field in fields_in(text):
        if not field.key:
            near = get_close_matches(_spelt(field.name), _KEYS, n=1)
            found.append(Unknown(field.name, _KEYS[near[0]] if near else ""))
        elif carries not in ONLY_IN.get(field.key, {carries}):
            found.append(Unknown(field.name))
    return list(dict.fromkeys(found))


def name_for(key: str, language: str) -> str:
    """Give the name by which a field is offered in a language."""
    return NAMES[key][0] if language.startswith("tr") else key


def keys_for(carries: str) -> list[str]:
    """List the fields that texts for such records may have."""
    return [key for key in NAMES if carries in ONLY_IN.get(key, {carries})]


def as_read(text: str) -> str:
    """Give a text as it reads without a record: other words where there are some, else the field's name."""

    def say(found: re.Match[str]) -> str:
        field = next(fields_in(found[0]))
        return f"[{field.name}]" if field.otherwise is None else field.otherwise

    return _FIELD.sub(say, text)


def filled(text: str, values: Mapping[str, str], *, blank: str | None = None) -> str:
    """Put values by key into a text. A field without value and without other words is said as `blank`.

    Raises Lacking where there is no `blank` either.
    """
    lacking: list[str] = []

    def say(found: re.Match[str]) -> str:
        field = next(fields_in(found[0]))
        value = values.get(field.key, "") or field.otherwise
        if value is None and blank is None:
            lacking.append(field.name)
        return value if value is not None else blank or ""

    said = _FIELD.sub(say, text)
    if lacking:
        raise Lacking(lacking)
    return said
