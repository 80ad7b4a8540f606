"""Amounts in words, as they stand at the foot of quotes and invoices: ``yalnız bin iki yüz lira elli kuruş``."""

from __future__ import annotations

from decimal import Decimal

from hatir.kit.money import round_money

ONES = ("", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz")
TENS = ("", "on", "yirmi", "otuz", "kırk", "elli", "altmış", "yetmiş", "seksen", "doksan")
GROUPS = ("", "bin", "milyon", "milyar", "trilyon", "katrilyon")
UNITS = {
    "TRY": ("lira", "kuruş"), "USD": ("ABD doları", "sent"), "EUR": ("avro", "sent"), "GBP": ("sterlin", "peni"),
    "CHF": ("İsviçre frangı", "rap"), "AZN": ("manat", "kepik"), "RUB": ("ruble", "kopek"),
}  # fmt: skip
"""What a whole and a hundredth are called in Turkish."""


def number_in_words(number: int) -> str:
    """Say a whole number in Turkish words, apart: ``bin iki yüz``. Raises ValueError from 10¹⁸ on."""
    if abs(number) >= 1000 ** len(GROUPS):
        raise ValueError("the number is too large to be said")
    if number == 0:
        return "sıfır"
    words: list[str] = []
    rest, group = abs(number), 0
    while rest:
        rest, part = divmod(rest, 1000)
        if part:
            # A thousand is "bin", never "bir bin".
            said = "" if (part == 1 and group == 1) else _three_digits(part)
            words.insert(0, " ".join(filter(None, (said, GROUPS[group]))))
        group += 1
    return " ".join(["eksi"] * (number < 0) + words)


def amount_in_words(amount: Decimal, currency: str = "TRY") -> str:
    """Say an amount as documents do: ``yalnız bin iki yüz lira elli kuruş``, without kuruş when there are none."""
    rounded = round_money(amount)
    whole, cents = divmod(int(abs(rounded) * 100), 100)
    unit, hundredth = UNITS.get(currency, (currency, "sent"))
    parts = ["yalnız"]
    if rounded < 0:
        parts.append("eksi")
    if whole or not cents:
        parts += [number_in_words(whole), unit]
    if cents:
        parts += [number_in_words(cents), hundredth]
    return " ".join(parts)


def _three_digits(part: int) -> str:
    hundreds, rest = divmod(part, 100)
    tens, ones = divmod(rest, 10)
    # A hundred is "yüz", never "bir yüz".
    hundred = "" if not hundreds else "yüz" if hundreds == 1 else f"{ONES[hundreds]} yüz"
    return " ".join(filter(None, (hundred, TENS[tens], ONES[ones])))
