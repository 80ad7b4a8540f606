"""Exchange rates: written by people, or fetched from who publishes them; what a person wrote stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hatir.domains.catalog.models import CURRENCIES, MANUAL, CurrencyRate, RateFetch
from hatir.domains.catalog.ports import Bulletin, FeedProblem, PublishedRate, RateFeed
from hatir.domains.catalog.preferences import RATE_MARKET
from hatir.domains.catalog.queries.currencies import days_with_rates
from hatir.domains.catalog.rules import HOME, rate_of_one
from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, RecordError
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.kit.formats_tr import format_short_date

FILLED_DAYS = 14
FETCH = "catalog.fetch_rates"
"""The key of the task that fetches."""
_KNOWN = {code for code, _label in CURRENCIES if code != HOME}


class RatesNotFetched(RecordError):
    """Some or all rates could not be had; what could be had is stored. The message is fit for the user."""


@dataclass(frozen=True)
class Fetched:
    """What a fetch brought: rates stored or changed, and the newest day."""

    stored: int
    newest_on: date


def update_rates(
    pairs: Sequence[tuple[CurrencyRate, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[CurrencyRate]:
    """Change rates by hand; a fetched rate whose figures change is a person's from then on.

    See `writing.save_many` for the errors.
    """
    rt = type_of_model(CurrencyRate)
    for record, values in pairs:
        before = _figures(record)
        put_all(rt, record, values)
        if _figures(record) != before:
            record.origin = MANUAL
    return writing.save_many([record for record, _values in pairs], actor=actor, expected_version=expected_version)


def _figures(record: CurrencyRate) -> tuple[object, ...]:
    return record.currency, record.valid_on, record.buying, record.selling


def ask_for_rates(*, actor: Actor) -> None:
    """Let the worker fetch rates now, whether or not the clock does. Raises Denied."""
    if not has_permission(actor, MANAGE):
        raise Denied("edit", "preferences")
    task_of(FETCH).using(unique_key=f"{FETCH}:asked").enqueue(actor=actor, is_asked=True)


def fetch_rates(feed: RateFeed, *, actor: Actor, at: datetime) -> Fetched:
    """Fetch the newest bulletin and those that are missing of the two weeks before it; note how it went.

    Each bulletin is stored whole or not at all, by itself. Nothing is held open while the publisher is asked.
    Raises RatesNotFetched.
    """
    try:
        newest = feed.newest()
        stored = take_bulletin(newest, origin=feed.key, actor=actor)
    except FeedProblem as problem:
        _note(feed, at, problem=str(problem))
        raise RatesNotFetched(str(problem)) from problem
    problems = []
    for day in missing_days(feed, newest.day):
        try:
            bulletin = feed.of_day(day)
            stored += take_bulletin(bulletin, origin=feed.key, actor=actor) if bulletin else 0
        except FeedProblem as problem:
            problems.append(f"{format_short_date(day)}: {problem}")
    _note(feed, at, problem="\n".join(problems), stored=stored, newest_on=newest.day)
    if problems:
        raise RatesNotFetched(_("Some days could not be fetched. %(problem)s") % {"problem": problems[0]})
    return Fetched(stored, newest.day)


def missing_days(feed: RateFeed, newest: date) -> list[date]:
    """List the days without a bulletin of the two weeks before the newest one, the latest first."""
    known = days_with_rates(feed.key, newest - timedelta(days=FILLED_DAYS), newest)
    days = [newest - timedelta(days=back) for back in range(1, FILLED_DAYS + 1)]
    return [day for day in days if day not in known and feed.publishes_on(day)]


@transaction.atomic
def take_bulletin(bulletin: Bulletin, *, origin: str, actor: Actor) -> int:
    """Store the rates of a day; give how many are new or changed.

    Untouched stay: what a person wrote or changed, what was archived, and currencies that the house does not know.
    """
    published = {one.currency: rates for one in bulletin.rates if (rates := _counting(one)) and one.currency in _KNOWN}
    rows = CurrencyRate.objects.filter(valid_on=bulletin.day, currency__in=published)
    there = {row.currency: row for row in rows}
    wanted = []
    for currency, (buying, selling) in published.items():
        row = there.get(currency) or _blank(currency, bulletin.day, origin)
        if row.origin != origin or row.archived_at is not None or (row.buying, row.selling) == (buying, selling):
            continue
        row.buying, row.selling = buying, selling
        wanted.append(row)
    return len(writing.save_many(wanted, actor=actor))


def _blank(currency: str, day: date, origin: str) -> CurrencyRate:
    record: CurrencyRate = blank(type_of_model(CurrencyRate))
    record.currency, record.valid_on, record.origin = currency, day, origin
    return record


def _counting(one: PublishedRate) -> tuple[Decimal, Decimal] | None:
    """Choose the pair that the company wants, of one unit; None where the publisher gives no whole pair."""
    banknotes, forex = (one.banknote_buying, one.banknote_selling), (one.forex_buying, one.forex_selling)
    order = (banknotes, forex) if value_of(RATE_MARKET.key) == "banknote" else (forex,)
    for buying, selling in order:
        if buying is not None and selling is not None:
            return rate_of_one(buying, one.unit), rate_of_one(selling, one.unit)
    return None


def _note(feed: RateFeed, at: datetime, *, problem: str, stored: int = 0, newest_on: date | None = None) -> None:
    held: dict[str, Any] = {"tried_at": at, "stored": stored, "problem": problem}
    if newest_on is not None:
        held["newest_on"] = newest_on
    if not problem:
        held["succeeded_at"] = at
    RateFetch.objects.update_or_create(feed=feed.key, defaults=held)
