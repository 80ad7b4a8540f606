"""Asks the bank for its bulletin; registered as the house's publisher of rates when the server starts."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from datetime import time as clock
from importlib import import_module
from ipaddress import ip_address
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hatir.domains.catalog.models import TCMB
from hatir.domains.catalog.ports import Bulletin, FeedProblem, register_rate_feed
from hatir.foundation.outbound.addresses import AddressRefused, Target, is_inner, judge
from hatir.foundation.outbound.preferences import inner_addresses_allowed
from hatir.integrations.tcmb.documents import DocumentRefused, read_bulletin

ADDRESS = "https://www.tcmb.gov.tr/kurlar"
"""`/today.xml` is the newest bulletin, `/YYYYMM/DDMMYYYY.xml` that of a day; no key is needed."""
TIMEOUT_SECONDS, LONGEST_SECONDS = 10.0, 30.0
LARGEST_BYTES = 1_000_000
"""A bulletin has some 10 kB."""
ISTANBUL = ZoneInfo("Europe/Istanbul")
PUBLISHED_AT = clock(15, 30)
"""The hour at which the bank publishes on working days. Source: its page on indicative exchange rates."""
FIXED_HOLIDAYS = frozenset({(1, 1), (4, 23), (5, 1), (5, 19), (7, 15), (8, 30), (10, 29)})
"""(month, day) without a bulletin; the feasts move and are simply asked for. Source: law 2429, article 2."""


class TcmbRates:
    """The daily rates of the Central Bank of the Republic of Türkiye."""

    key = TCMB
    name = gettext_lazy("Central Bank of Türkiye (TCMB)")

    def publishes_on(self, day: date) -> bool:
        """Tell whether a day may have a bulletin: no weekend and no holiday with a fixed date."""
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS

    def due_day(self, at: datetime) -> date:
        """Give the newest day that may have a bulletin and whose half past three in İstanbul has passed."""
        local = at.astimezone(ISTANBUL)
        day = local.date() if local.time() >= PUBLISHED_AT else local.date() - timedelta(days=1)
        while not self.publishes_on(day):
            day -= timedelta(days=1)
        return day

    def newest(self) -> Bulletin:
        """Fetch the newest bulletin. Raises FeedProblem."""
        document = _fetched(f"{ADDRESS}/today.xml")
        if document is None:
            raise FeedProblem(_("There is no bulletin at the bank’s address."))
        bulletin = read_bulletin(document)
        if bulletin.day > timezone.now().astimezone(ISTANBUL).date():
            raise DocumentRefused(_("The bulletin is of a day that has not come yet."))
        return bulletin

    def of_day(self, day: date) -> Bulletin | None:
        """Fetch the bulletin of a day; None when there was none. Raises FeedProblem."""
        document = _fetched(f"{ADDRESS}/{day:%Y%m}/{day:%d%m%Y}.xml")
        if document is None:
            return None
        bulletin = read_bulletin(document)
        if bulletin.day != day:
            raise DocumentRefused(_("The bulletin is of another day than was asked for."))
        return bulletin


def _fetched(url: str) -> bytes | None:
    """Give the document at an address; None when there is none (404). Raises FeedProblem."""
    target = _judged(url)
    headers = {"Host": target.host_header, "User-Agent": "Hatir-Rates/1", "Accept": "application/xml, text/xml"}
    try:
        with (
            _client().Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
            # The certificate is checked against the name, though the IP is called.
            client.stream("GET", target.url, headers=headers, extensions={"sni_hostname": target.host}) as response,
        ):
            if response.status_code == 404:
                return None
            if response.status_code != 200:
                told = _("The bank answers with the code %(status)d.")
                raise FeedProblem(told % {"status": response.status_code})
            return _body(response)
    except _client().TimeoutException as problem:
        raise FeedProblem(_("The bank does not answer in time.")) from problem
    except (_client().HTTPError, _client().InvalidURL, OSError) as problem:
        told = _("The bank cannot be reached (%(problem)s).")
        raise FeedProblem(told % {"problem": type(problem).__name__}) from problem


def _judged(url: str) -> Target:
    """Judge the address as webhooks do; only https leaves the house. Raises FeedProblem."""
    try:
        target = judge(url, inner_allowed=inner_addresses_allowed())
    except AddressRefused as problem:
        raise FeedProblem(str(problem)) from problem
    if target.scheme != "https" and not is_inner(ip_address(target.ip)):
        raise FeedProblem(_("Only https addresses are fetched."))
    return target


def _body(response: Any) -> bytes:
    body, late = bytearray(), time.monotonic() + LONGEST_SECONDS
    for chunk in response.iter_bytes(64 * 1024):
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise DocumentRefused(_("The answer is far larger than a bulletin."))
        if time.monotonic() > late:
            raise FeedProblem(_("The bank does not answer in time."))
    return bytes(body)


def _client() -> ModuleType:
    """Load the HTTP client when the bank is first asked: it costs every start a tenth of a second otherwise."""
    return import_module("httpx")


register_rate_feed(TcmbRates())
