"""How a number is written."""

from __future__ import annotations

from datetime import date

NUMBER, YEAR, MONTH = "{number}", "{year}", "{month}"
DIGITS = 5


def period_of(pattern: str, on: date) -> str:
    """Give the period in which a pattern counts: a month, a year, or always."""
    if MONTH in pattern and YEAR in pattern:
        return f"{on:%Y-%m}"
    return f"{on:%Y}" if YEAR in pattern else ""


def written(pattern: str, number: int, on: date) -> str:
    """Write a number by its pattern; one without {number} gets it at its end."""
    if NUMBER not in pattern:
        pattern = f"{pattern}{NUMBER}"
    filled = pattern.replace(YEAR, f"{on:%Y}").replace(MONTH, f"{on:%m}")
    return filled.replace(NUMBER, f"{number:0{DIGITS}d}")
