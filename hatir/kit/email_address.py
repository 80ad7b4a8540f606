"""E-mail addresses: tidy and judge them without Turkish casing getting in the way.

The rules are pragmatic, stricter than RFC 5321 where real mailboxes are (no quoted local
parts, no address literals) and open to international domain names.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 254  # RFC 5321 section 4.5.3.1, less the angle brackets
MAX_LOCAL_LENGTH = 64

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_BETWEEN_BRACKETS = re.compile(r"^[^<>]*<([^<>]+)>$")


class InvalidEmail(ValueError):
    """The address breaks the rule named in `reason` (translatable)."""

    def __init__(self, reason: str | Promise) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(self.reason)


@lru_cache(maxsize=16_384)
def normalise_email(text: str) -> str:
    """Return the bare address in small letters (ASCII only, so ``I`` becomes ``i``).

    ``Ayşe <AYSE@Ornek.com>`` and ``mailto:`` forms are opened; an international domain stays
    as typed. Raises InvalidEmail.
    """
    address = text.strip()
    if address.endswith(">") and (found := _BETWEEN_BRACKETS.match(address)):
        address = found[1].strip()
    if address[:7].lower() == "mailto:":  # ascii-only: a scheme
        address = address[7:]
    address = address.translate(_ASCII_LOWER)
    if reason := problem(address):
        raise InvalidEmail(reason)
    return address


def is_email(text: str) -> bool:
    """Tell whether normalise_email accepts the text."""
    try:
        normalise_email(text)
    except InvalidEmail:
        return False
    return True


@lru_cache(maxsize=16_384)
def problem(address: str) -> str | Promise | None:
    """Name what is wrong with a bare small-letter address, or None when it is fine.

    Answers are kept: reading, matching and tidying judge the same address one after the other.
    """
    if not address:
        return _("An e-mail address is missing.")
    if address.count("@") != 1:
        return _("An e-mail address has exactly one @ sign.")
    local, domain = address.split("@")
    if not local or not domain:
        return _("An e-mail address has something before and after the @ sign.")
    if len(address.split()) != 1 or address != address.strip():
        return _("An e-mail address has no blanks.")
    if len(address) > MAX_LENGTH or len(local) > MAX_LOCAL_LENGTH:
        return _("This e-mail address is too long.")
    if not local.isascii():
        return _("The part before @ cannot have letters such as ş, ğ or ı.")
    if not _LOCAL.fullmatch(local):
        return _("The part before @ has a character or a dot in a place that is not allowed.")
    return _domain_problem(domain)


@lru_cache(maxsize=16_384)
def _domain_problem(domain: str) -> Promise | None:
    """Name what is wrong with the part after the @ sign."""
    try:
        labels = domain.encode("idna").decode("ascii").translate(_ASCII_LOWER).split(".")
    except UnicodeError:
        return _("The part after @ is not a domain name.")
    if len(labels) < 2:
        return _("The part after @ needs a dot, as in ornek.com.")
    top = labels[-1]
    if not all(_LABEL.fullmatch(label) for label in labels) or top.isdigit() or len(top) < 2:
        return _("The part after @ is not a domain name.")
    return None
