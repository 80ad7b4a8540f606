"""The arithmetic of planning: orders, results, what to propose next, repetition. No database, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrulestr

from hatir.kit.text_tr import fold

TO_DO, CALL, MEETING, VISIT = "todo", "call", "meeting", "visit"
RESULTS: Mapping[str, tuple[str, ...]] = {
    TO_DO: ("done", "partly", "not_needed"),
    CALL: ("reached", "no_answer", "call_back", "not_interested"),
    MEETING: ("held", "no_show", "put_off", "not_interested"),
    VISIT: ("held", "no_show", "put_off", "not_interested"),
}
"""What can come of a task of each kind; the place is the key that says it (1..4)."""
CONTACTS: Mapping[str, str] = {CALL: "phone", MEETING: "visit", VISIT: "visit"}
"""The channel by which a task of this kind reaches the customer."""
WITHOUT_CONTACT = frozenset({"no_answer", "no_show", "put_off", "not_needed"})
REMIND_BEFORE: Mapping[str, timedelta] = {
    TO_DO: timedelta(0),
    CALL: timedelta(minutes=10),
    MEETING: timedelta(minutes=15),
    VISIT: timedelta(hours=1),
}
LENGTHS: Mapping[str, timedelta] = {
    CALL: timedelta(minutes=15),
    MEETING: timedelta(hours=1),
    VISIT: timedelta(hours=1),
}
"""How long a call, a meeting, a visit takes when nobody says it."""


# --- the queue of the day --------------------------------------------------------------------------

LEAST_VALUE = Decimal(1000)
"""What is worth nothing known still has to be done: it counts as this much."""
AHEAD, GROWTH_DAYS, MOST_DELAY = Decimal("0.5"), 7, Decimal(4)


def urgency(
    value: Decimal | None, probability: int | None, due_at: datetime | None, at: datetime, *, priority: str = "normal"
) -> Decimal:
    """Say how early something stands in the queue of the day: value × probability × delay; more is earlier.

    `value` is money in the company's currency (unknown or small counts as 1,000), `probability` per cent (unknown
    counts as 50). The delay is 1 at the due instant; it grows by 1 for every 7 days late, at most to 4, and falls
    by half within a day ahead, where it stays. High priority doubles, low halves. Source: the order of the queue in the
    product's design ("value, time and probability"); worked examples in test_rules.py.
    """
    worth = max(value or Decimal(0), LEAST_VALUE)
    chance = Decimal(50 if probability is None else max(1, min(100, probability))) / 100
    weight = {"high": Decimal(2), "low": Decimal("0.5")}.get(priority, Decimal(1))
    return worth * chance * _delay(due_at, at) * weight


def _delay(due_at: datetime | None, at: datetime) -> Decimal:
    if due_at is None:
        return AHEAD
    days = Decimal(int((at - due_at).total_seconds())) / 86400
    if days < 0:
        return max(AHEAD, 1 + days * AHEAD)
    return min(MOST_DELAY, 1 + days / GROWTH_DAYS)


# --- what to propose next --------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """The task that follows from a result: its kind and in how many working days."""

    kind: str
    days: int


_NEXT: Mapping[str, Proposal] = {
    "reached": Proposal(CALL, 7),
    "no_answer": Proposal(CALL, 1),
    "call_back": Proposal(CALL, 2),
    "not_interested": Proposal(CALL, 90),
    "held": Proposal(CALL, 3),
    "done": Proposal(CALL, 7),
    "partly": Proposal(TO_DO, 1),
}
_AGAIN = {"no_show": 1, "put_off": 7}


def proposal_after(kind: str, outcome: str) -> Proposal | None:
    """Give what should follow a result; None when nothing should."""
    if outcome in _AGAIN:
        return Proposal(kind, _AGAIN[outcome])
    return _NEXT.get(outcome)


def in_working_days(at: datetime, days: int, zone: tzinfo) -> datetime:
    """Give the same clock time so many days later, moved on to Monday from a weekend; seconds are dropped."""
    local = at.astimezone(zone).replace(second=0, microsecond=0) + timedelta(days=days)
    while local.weekday() >= 5:
        local += timedelta(days=1)
    return local.astimezone(UTC)


# --- repetition ------------------------------------------------------------------------------------

MOST_OCCURRENCES = 1000
_WORDS: Mapping[str, str] = {
    "her gun": "DAILY", "every day": "DAILY", "daily": "DAILY", "gunluk": "DAILY",
    "her hafta": "WEEKLY", "every week": "WEEKLY", "weekly": "WEEKLY", "haftalik": "WEEKLY",
    "iki haftada bir": "WEEKLY;INTERVAL=2", "every two weeks": "WEEKLY;INTERVAL=2",
    "hafta ici her gun": "WEEKLY;BYDAY=MO,TU,WE,TH,FR", "her is gunu": "WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "every working day": "WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday": "WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "her ay": "MONTHLY", "every month": "MONTHLY", "monthly": "MONTHLY", "aylik": "MONTHLY",
    "uc ayda bir": "MONTHLY;INTERVAL=3", "every three months": "MONTHLY;INTERVAL=3",
    "her yil": "YEARLY", "every year": "YEARLY", "yearly": "YEARLY", "yillik": "YEARLY",
}  # fmt: skip


class NoSuchRepeat(ValueError):
    """The text is neither one of the known words nor a rule of RFC 5545."""


def read_repeat(text: str, start: datetime, zone: tzinfo) -> str:
    """Give the rule of RFC 5545 that a text means, beginning at `start`. Raises NoSuchRepeat.

    Words count for the day of `start`: "every month" on the 31st is the last day of shorter months, "every year" on
    29 February is 28 February in common years. A rule is taken at its word, so `FREQ=YEARLY` alone skips these years.
    """
    words = " ".join(fold(text).split())
    if not words:
        return ""
    known = _WORDS.get(words)
    if known is not None:
        return f"FREQ={_at_ends_of_months(known, start.astimezone(zone))}"
    rule = _tidy_rule(text, zone)
    try:
        next(iter(rrulestr(rule, dtstart=start.astimezone(zone))), None)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise NoSuchRepeat(text) from None
    return rule


def _at_ends_of_months(rule: str, local: datetime) -> str:
    if rule == "YEARLY" and (local.month, local.day) == (2, 29):
        return "YEARLY;BYMONTH=2;BYMONTHDAY=-1"
    if rule.startswith("MONTHLY") and local.day > 28:
        days = ",".join(str(day) for day in range(28, local.day + 1))
        return f"{rule};BYMONTHDAY={days};BYSETPOS=-1"
    return rule


def _tidy_rule(text: str, zone: tzinfo) -> str:
    """Write the parts in capitals, and an UNTIL without a zone as an instant in UTC, which is what counting needs."""
    rule = text.strip().upper().removeprefix("RRULE:")  # ascii-only: a rule of RFC 5545
    if "FREQ=" not in rule or "\n" in rule or len(rule) > 300:
        raise NoSuchRepeat(text)
    parts = []
    for part in rule.rstrip(";").split(";"):
        name, _equals, value = part.partition("=")
        if name == "UNTIL" and not value.endswith("Z"):
            value = _until(value, zone)
        parts.append(f"{name}={value}")
    return ";".join(parts)


def _until(value: str, zone: tzinfo) -> str:
    whole = value if "T" in value else f"{value}T235959"
    try:
        moment = datetime.strptime(whole, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
    except ValueError:
        raise NoSuchRepeat(value) from None
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def zone_named(name: str, fallback: tzinfo) -> tzinfo:
    """Give a time zone by its name of the tz database; an unknown one is the fallback."""
    try:
        return ZoneInfo(name) if name else fallback
    except (ZoneInfoNotFoundError, ValueError):
        return fallback


def occurrences(
    rule: str,
    start: datetime,
    zone: tzinfo,
    *,
    after: datetime,
    before: datetime,
    without: Sequence[str] = (),
) -> Iterator[datetime]:
    """Give the instants of a series in [after, before), in UTC, the first at `start`; at most 1,000 are counted.

    The clock time of the zone stays the same when its offset changes. `without` are instants in ISO that are left out.
    """
    gone = {datetime.fromisoformat(text).astimezone(UTC) for text in without}
    if not rule:
        moments: Iterator[datetime] = iter((start,))
    else:
        moments = _counted(rule, start.astimezone(zone), after)
    for count, moment in enumerate(moments):
        at = moment.astimezone(UTC)
        if at >= before or count >= MOST_OCCURRENCES:
            return
        if at >= after and at not in gone:
            yield at


def _counted(rule: str, local: datetime, after: datetime) -> Iterator[datetime]:
    """Count the series; without COUNT what lies before `after` is passed over at once."""
    series = rrulestr(rule, dtstart=local)
    if after > local:
        return iter(series.xafter(after.astimezone(local.tzinfo), inc=True))
    return iter(series)


def following(
    rule: str, start: datetime, zone: tzinfo, *, at: datetime, without: Sequence[str] = ()
) -> tuple[datetime, str] | None:
    """Give the next one of a series after `start` and not before `at`, with the rule that it goes on by.

    A COUNT in the rule loses those that went by. None when the series is over.
    """
    gone = {datetime.fromisoformat(text).astimezone(UTC) for text in without}
    head, count = _without_count(rule)
    left = None if count is None else count
    for passed, moment in enumerate(rrulestr(head, dtstart=start.astimezone(zone))):
        if (left is not None and passed >= left) or passed > 10 * MOST_OCCURRENCES:
            return None
        found = moment.astimezone(UTC)
        if found > start and found >= at and found not in gone:
            return found, head if left is None else f"{head};COUNT={left - passed}"
    return None


def _without_count(rule: str) -> tuple[str, int | None]:
    parts = rule.split(";")
    count = next((int(part.removeprefix("COUNT=")) for part in parts if part.startswith("COUNT=")), None)
    return ";".join(part for part in parts if not part.startswith("COUNT=")), count


# --- times that guests may choose ------------------------------------------------------------------

WEEKDAYS: Mapping[str, int] = {"work": 5, "six": 6, "all": 7}
"""How many days from Monday on are open."""
_HOURS = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–]\s*(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True)
class Offer:
    """What a booking page offers: length, free time around, hours of the day in a zone, and how soon and late."""

    minutes: int
    buffer_minutes: int
    hours: str
    weekdays: str
    zone: tzinfo
    notice_hours: int
    days_ahead: int


class NoSuchHours(ValueError):
    """The text does not say from when to when."""


def read_hours(text: str) -> tuple[time, time]:
    """Read "09:00-18:00". Raises NoSuchHours."""
    found = _HOURS.fullmatch(text.strip())
    try:
        numbers = [int(part) for part in found.groups()] if found else []
        start, end = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    except (ValueError, IndexError):
        raise NoSuchHours(text) from None
    if end <= start:
        raise NoSuchHours(text)
    return start, end


def free_times(offer: Offer, busy: Sequence[tuple[datetime, datetime]], *, at: datetime) -> list[datetime]:
    """Give the instants (UTC) at which a guest may begin, the earliest first.

    They stand a length apart within the hours of the owner's zone. A clock time that a change of the clock leaves out
    is not offered, one that comes twice only the first time. What is busy keeps `buffer_minutes` free on both sides.
    """
    first, last = at + timedelta(hours=offer.notice_hours), at + timedelta(days=offer.days_ahead)
    opens, closes = read_hours(offer.hours)
    length, around = timedelta(minutes=max(5, offer.minutes)), timedelta(minutes=offer.buffer_minutes)
    found = []
    for number in range(offer.days_ahead + 2):
        day = (at.astimezone(offer.zone) + timedelta(days=number)).date()
        if day.weekday() >= WEEKDAYS.get(offer.weekdays, 5):
            continue
        moment, end = datetime.combine(day, opens), datetime.combine(day, closes)
        while moment + length <= end:
            start = moment.replace(tzinfo=offer.zone).astimezone(UTC)
            is_real = start.astimezone(offer.zone).replace(tzinfo=None) == moment
            if is_real and first <= start <= last and not _meets(start - around, start + length + around, busy):
                found.append(start)
            moment += length
    return found


def _meets(start: datetime, end: datetime, busy: Sequence[tuple[datetime, datetime]]) -> bool:
    return any(begins < end and ends > start for begins, ends in busy)
