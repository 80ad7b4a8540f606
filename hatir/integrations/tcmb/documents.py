"""The bank's document of a day, read strictly: whole and as it should be, or not at all.

The parser is the standard library's expat with every document type refused. All attacks by entities (endless
expansion, files and addresses of our own network) need a document type, and the bank's documents have none; so
nothing is lost, and defusedxml, whose last stable release is of 2021, would add a dependency for this one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from xml.parsers import expat

from django.utils.translation import gettext as _

from hatir.domains.catalog.ports import Bulletin, FeedProblem, PublishedRate

ROOT, ROW = "Tarih_Date", "Currency"
NEEDED = ("USD", "EUR")
"""Every bulletin has these; one without them is half a bulletin."""
FIELDS = ("Unit", "ForexBuying", "ForexSelling", "BanknoteBuying", "BanknoteSelling")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,8})?")
_TURKISH_DAY = re.compile(r"(?P<d>[0-9]{2})\.(?P<m>[0-9]{2})\.(?P<y>[0-9]{4})")
_ENGLISH_DAY = re.compile(r"(?P<m>[0-9]{2})/(?P<d>[0-9]{2})/(?P<y>[0-9]{4})")
_CODE = re.compile(r"[A-Z]{3}")
_UNITS = frozenset({"1", "10", "100", "1000", "10000", "1000000"})


class DocumentRefused(FeedProblem):
    """The document is not what the bank publishes; nothing of it is taken."""


@dataclass
class _Reading:
    """What the parser has met so far."""

    root: dict[str, str] | None = None
    rows: list[dict[str, str]] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name)
        if len(self.path) == 1:
            if name != ROOT:
                raise DocumentRefused(_("The answer is no bulletin of rates but something else."))
            self.root = attributes
        elif self.path == [ROOT, ROW]:
            self.rows.append({"code": attributes.get("CurrencyCode", "")})

    def text(self, data: str) -> None:
        if len(self.path) == 3 and self.path[1] == ROW and self.path[2] in FIELDS:
            row = self.rows[-1]
            row[self.path[2]] = row.get(self.path[2], "") + data

    def end(self, name: str) -> None:
        del name
        self.path.pop()


def read_bulletin(document: bytes) -> Bulletin:
    """Read a document of the bank. Raises DocumentRefused, with a message fit for the user."""
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reading.begin
    parser.CharacterDataHandler = reading.text
    parser.EndElementHandler = reading.end
    parser.StartDoctypeDeclHandler = _refuse_type
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError, LookupError) as problem:  # an unknown encoding is one of the latter two
        raise DocumentRefused(_("The answer is broken or breaks off in the middle.")) from problem
    bulletin = Bulletin(_day_of(reading.root or {}), tuple(_rate_of(row) for row in reading.rows))
    _judge_whole(bulletin)
    return bulletin


def _refuse_type(*_declared: object) -> None:
    raise DocumentRefused(_("The answer declares a document type; the bank’s documents have none."))


def _day_of(root: dict[str, str]) -> date:
    """Read the day, which stands there twice: Tarih="30.12.2026" Date="12/30/2026"."""
    turkish, english = _TURKISH_DAY.fullmatch(root.get("Tarih", "")), _ENGLISH_DAY.fullmatch(root.get("Date", ""))
    try:
        first, second = (date(*(int(one[part]) for part in "ymd")) for one in (turkish, english) if one)
    except ValueError:  # no such day, or no day at all
        raise DocumentRefused(_("The bulletin does not say its day.")) from None
    if first != second:
        raise DocumentRefused(_("The bulletin says two different days."))
    return first


def _rate_of(row: dict[str, str]) -> PublishedRate:
    code, unit = row["code"], row.get("Unit", "").strip()
    if not _CODE.fullmatch(code):
        raise DocumentRefused(_("The bulletin has a currency without a code."))
    if unit not in _UNITS:
        raise DocumentRefused(_("%(currency)s has no unit in the bulletin.") % {"currency": code})
    forex_buying, forex_selling, banknote_buying, banknote_selling = (_number(row, name) for name in FIELDS[1:])
    for buying, selling in ((forex_buying, forex_selling), (banknote_buying, banknote_selling)):
        if buying is not None and selling is not None and selling < buying:
            raise DocumentRefused(_("%(currency)s is sold for less than it is bought for.") % {"currency": code})
    return PublishedRate(code, int(unit), forex_buying, forex_selling, banknote_buying, banknote_selling)


def _number(row: dict[str, str], name: str) -> Decimal | None:
    """Read a rate; empty means that the bank gives none (special drawing rights have no selling rate)."""
    text = row.get(name, "").strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or not Decimal(text):
        told = _("%(currency)s has a rate in the bulletin that is no number: %(text)s")
        raise DocumentRefused(told % {"currency": row["code"], "text": text[:20]})
    return Decimal(text)


def _judge_whole(bulletin: Bulletin) -> None:
    codes = [one.currency for one in bulletin.rates]
    if len(codes) != len(set(codes)):
        raise DocumentRefused(_("The bulletin names a currency twice."))
    whole = {one.currency for one in bulletin.rates if one.forex_buying and one.forex_selling}
    for code in NEEDED:
        if code not in whole:
            raise DocumentRefused(_("The bulletin is incomplete: %(currency)s is missing.") % {"currency": code})
