"""Turkish identity, tax and trade-registry numbers: check digits and masking.

Two placeholders fail the arithmetic but are prescribed on e-documents, so they are allowed
by name: TCKN 11111111111 (final consumer) and VKN 2222222222 (foreign buyer).
Sources: NVI (TCKN), GİB (VKN) and MERSİS check rules, worked vectors in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FINAL_CONSUMER_TCKN = "11111111111"
FOREIGN_BUYER_VKN = "2222222222"
PLACEHOLDERS = frozenset({FINAL_CONSUMER_TCKN, FOREIGN_BUYER_VKN})

_SEPARATORS = re.compile(r"[\s.\-/]+")


class InvalidTaxNumber(ValueError):
    """The number breaks the rule named in `reason` (translatable)."""

    def __init__(self, reason: str | Promise) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(self.reason)


def check_tckn(value: str) -> str:
    """Return the 11 digits of an identity number (TCKN or foreigners' YKN), blanks removed.

    Raises InvalidTaxNumber. The final-consumer placeholder passes.
    """
    digits = _digits(value, 11, _("An identity number (TCKN) has 11 digits."))
    if digits == FINAL_CONSUMER_TCKN:
        return digits
    if digits[0] == "0":
        raise InvalidTaxNumber(_("An identity number (TCKN) does not start with 0."))
    if digits[9:] != _tckn_check_digits(digits):
        raise InvalidTaxNumber(_("The check digits of this identity number (TCKN) are wrong."))
    return digits


def check_vkn(value: str) -> str:
    """Return the 10 digits of a tax number (VKN), blanks removed.

    Raises InvalidTaxNumber. The foreign-buyer placeholder passes.
    """
    digits = _digits(value, 10, _("A tax number (VKN) has 10 digits."))
    if digits != FOREIGN_BUYER_VKN and digits[9] != _vkn_check_digit(digits):
        raise InvalidTaxNumber(_("The check digit of this tax number (VKN) is wrong."))
    return digits


def check_mersis(value: str) -> str:
    """Return the 16 digits of a trade-registry number (MERSİS), blanks removed.

    It holds either 0 + a VKN + 5 digits (companies) or a TCKN + 5 digits (sole traders); the
    number inside must be right. Raises InvalidTaxNumber.
    """
    digits = _digits(value, 16, _("A MERSİS number has 16 digits."))
    inner_is_right = is_vkn(digits[1:11]) if digits[0] == "0" else is_tckn(digits[:11])
    if not inner_is_right or digits[:11] == FINAL_CONSUMER_TCKN or digits[1:11] == FOREIGN_BUYER_VKN:
        raise InvalidTaxNumber(_("The tax or identity number inside this MERSİS number is wrong."))
    return digits


def check_tax_number(value: str) -> str:
    """Return a VKN (10 digits) or TCKN (11 digits), whichever the length says.

    Raises InvalidTaxNumber.
    """
    length = len(_SEPARATORS.sub("", value))
    if length not in (10, 11):
        raise InvalidTaxNumber(_("A tax number has 10 digits (VKN) or 11 digits (TCKN)."))
    return check_vkn(value) if length == 10 else check_tckn(value)


def is_tckn(value: str) -> bool:
    """Tell whether check_tckn accepts the value."""
    return _passes(check_tckn, value)


def is_vkn(value: str) -> bool:
    """Tell whether check_vkn accepts the value."""
    return _passes(check_vkn, value)


def is_mersis(value: str) -> bool:
    """Tell whether check_mersis accepts the value."""
    return _passes(check_mersis, value)


def is_placeholder(value: str) -> bool:
    """Tell whether the number stands for nobody in particular and so cannot match records."""
    return _SEPARATORS.sub("", value) in PLACEHOLDERS


def mask(value: str) -> str:
    """Hide all but the last three characters, in groups of four: ``•••• ••• 418``.

    Values of three characters or fewer are hidden whole.
    """
    plain = "".join(value.split())
    if len(plain) <= 3:
        return "•" * len(plain)
    hidden = "•" * (len(plain) - 3)
    groups = [hidden[start : start + 4] for start in range(0, len(hidden), 4)]
    return " ".join([*groups, plain[-3:]])


def _passes(check: Callable[[str], str], value: str) -> bool:
    """Turn a check into a yes or no."""
    try:
        check(value)
    except InvalidTaxNumber:
        return False
    return True


def _digits(value: str, length: int, reason: str | Promise) -> str:
    """Drop separators and insist on a number of ASCII digits."""
    plain = _SEPARATORS.sub("", value)
    if len(plain) != length or not (plain.isascii() and plain.isdigit()):
        raise InvalidTaxNumber(reason)
    return plain


def _tckn_check_digits(digits: str) -> str:
    """Compute digits 10 and 11 of a TCKN from the first nine."""
    numbers = [int(digit) for digit in digits[:9]]
    tenth = (sum(numbers[0::2]) * 7 - sum(numbers[1::2])) % 10
    return f"{tenth}{(sum(numbers) + tenth) % 10}"


def _vkn_check_digit(digits: str) -> str:
    """Compute digit 10 of a VKN from the first nine."""
    total = 0
    for place, digit in enumerate(digits[:9]):
        shifted = (int(digit) + 9 - place) % 10
        if shifted:
            total += (shifted << (9 - place)) % 9 or 9
    return str((10 - total % 10) % 10)
