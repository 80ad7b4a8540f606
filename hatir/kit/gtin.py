"""Numbers of goods by GS1: EAN-8, UPC-A, EAN-13 and GTIN-14 with their check digit."""

from __future__ import annotations

LENGTHS = frozenset({8, 12, 13, 14})


def check_digit(digits: str) -> int:
    """Reckon the last digit of a GTIN from the others.

    Source: GS1 General Specifications, 7.9: from the right, weights 3 and 1 in turn, up to the next ten.
    """
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return -total % 10


def is_gtin(text: str) -> bool:
    """Tell whether a text is a GTIN of 8, 12, 13 or 14 digits whose check digit fits."""
    if len(text) not in LENGTHS or not (text.isascii() and text.isdigit()):
        return False
    return check_digit(text[:-1]) == int(text[-1])


def looks_like_gtin(text: str) -> bool:
    """Tell whether a text has the shape of a GTIN, so that a wrong check digit is a mistake and no own code."""
    return len(text) in LENGTHS and text.isascii() and text.isdigit()
