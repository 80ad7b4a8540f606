"""The way of a quote, what its discount comes to, and what a signature may be. Pure."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hatir.kit.money import round_money

DRAFT, WAITING, APPROVED, SENT, VIEWED = "draft", "waiting", "approved", "sent", "viewed"
ACCEPTED, DECLINED, EXPIRED, REPLACED = "accepted", "declined", "expired", "replaced"
TRANSITIONS: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({WAITING, APPROVED, SENT}),
    WAITING: frozenset({DRAFT, APPROVED}),
    APPROVED: frozenset({DRAFT, SENT}),
    SENT: frozenset({VIEWED, ACCEPTED, DECLINED, EXPIRED, REPLACED}),
    VIEWED: frozenset({ACCEPTED, DECLINED, EXPIRED, REPLACED}),
    ACCEPTED: frozenset(),
    DECLINED: frozenset({REPLACED}),
    EXPIRED: frozenset({REPLACED}),
    REPLACED: frozenset(),
}
"""From each status, which may follow."""
OUT = frozenset({SENT, VIEWED})
"""The customer has it and may answer."""
SHOWN = frozenset({SENT, VIEWED, ACCEPTED, DECLINED, EXPIRED, REPLACED})
"""The customer's page may show it."""
REPLACEABLE = frozenset({SENT, VIEWED, DECLINED, EXPIRED})
HUNDRED = Decimal(100)
SIGNATURE_BYTES = 300_000
SIGNATURE_SIDE = 4096
_PNG = b"\x89PNG\r\n\x1a\n"
_DATA = "data:image/png;base64,"
_ROBOTS = (
    "bot",
    "crawler",
    "spider",
    "preview",
    "whatsapp",
    "facebookexternalhit",
    "slack",
    "skypeuri",
    "curl",
    "wget",
)


def may_follow(status: str, other: str) -> bool:
    """Tell whether a quote may go from one status to another."""
    return other in TRANSITIONS[status]


def whole_discount(worth: Decimal, percent: Decimal, amount: Decimal) -> Decimal:
    """Give the discount on the whole document: per cent of what the lines are worth, rounded, plus an amount."""
    return round_money(worth * percent / HUNDRED) + amount


def largest_discount(line_percents: list[Decimal], gross: Decimal, discount: Decimal) -> Decimal:
    """Give the larger of the largest discount of a line and what all discounts together come to, in per cent."""
    overall = discount * HUNDRED / gross if gross else Decimal(0)
    return max([*line_percents, overall])


def is_over(last_day: date | None, on: date) -> bool:
    """Tell whether a last day lies before a day; what holds until a day holds through it."""
    return last_day is not None and last_day < on


def is_silent(sent_at: datetime, at: datetime, days: int) -> bool:
    """Tell whether a sent quote waits for its answer for so many days or longer."""
    return days > 0 and sent_at <= at - timedelta(days=days)


@dataclass(frozen=True)
class ManyPrices:
    """How prices of a quote change at once: from one rate in lira to another, with or without KDV before and after."""

    rate_from: Decimal
    rate_to: Decimal
    was_with_tax: bool
    with_tax: bool


def repriced(price: Decimal, tax_percent: Decimal, change: ManyPrices) -> Decimal:
    """Change one unit price, half-up to four decimals."""
    amount = price * change.rate_from / change.rate_to
    if change.with_tax != change.was_with_tax:
        share = (HUNDRED + tax_percent) / HUNDRED
        amount = amount * share if change.with_tax else amount / share
    return amount.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def number_of_version(base: str, revision: int) -> str:
    """Write the number of a version: the first as it is, later ones with R2, R3 …"""
    return base if revision == 1 else f"{base}-R{revision}"


def is_robot(agent: str) -> bool:
    """Tell whether a program looks at a page (a preview of a message, a search engine) and no person."""
    low = agent.casefold()  # ascii-only: names of programs
    return not low or any(word in low for word in _ROBOTS)


class NotASignature(ValueError):
    """What was sent as a signature is no picture of a fitting size."""


def read_signature(sent: str) -> bytes:
    """Read a drawn signature: a PNG as data URL; b"" for none. Raises NotASignature."""
    if not sent:
        return b""
    if not sent.startswith(_DATA) or len(sent) > SIGNATURE_BYTES * 4 // 3 + len(_DATA) + 4:
        raise NotASignature
    try:
        picture = base64.b64decode(sent[len(_DATA) :], validate=True)
    except binascii.Error:
        raise NotASignature from None
    if not picture.startswith(_PNG) or picture[12:16] != b"IHDR" or len(picture) < 45:
        raise NotASignature
    width, height = struct.unpack(">II", picture[16:24])
    if not (0 < width <= SIGNATURE_SIDE and 0 < height <= SIGNATURE_SIDE):
        raise NotASignature
    return picture
