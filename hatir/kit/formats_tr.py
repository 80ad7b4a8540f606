"""Numbers, money, dates and relative times as Turkish readers write them, with English twins.

`language` is a language code; anything that does not start with "tr" is written in English.
Rounding is half-up. No clock is read here: `now` is always given.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal

Number = int | Decimal

MONTHS_TR = ("Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim",
             "Kasım", "Aralık")  # fmt: skip
MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
             "October", "November", "December")  # fmt: skip
WEEKDAYS_TR = ("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SIGNS = {"TRY": "₺", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "AZN": "₼", "RUB": "₽"}
_COMPACT_TR = ("", " bin", " mn", " mr", " tn")
_COMPACT_EN = ("", "K", "M", "B", "T")


def _is_turkish(language: str) -> bool:
    """Tell whether to write Turkish."""
    return language.partition("-")[0].partition("_")[0].lower() == "tr"  # ascii-only: a language code


def _rounded(value: Number, decimals: int) -> Decimal:
    """Round half-up to a number of decimals; refuses float with TypeError."""
    if isinstance(value, float):
        raise TypeError("write numbers as int or Decimal, never float")
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _unsigned(value: Decimal, decimals: int, language: str) -> str:
    """Write the size of a number with grouping and decimal marks."""
    text = f"{abs(value):,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if _is_turkish(language) else text


def _decimals_of(value: Number) -> int:
    """Count the decimals a number really has (trailing noughts do not count)."""
    exponent = Decimal(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def format_number(value: Number, *, decimals: int | None = None, language: str = "tr") -> str:
    """Write a number: ``184.250,50``; English ``184,250.50``. All its decimals unless told."""
    places = _decimals_of(value) if decimals is None else decimals
    rounded = _rounded(value, places)
    return ("-" if rounded < 0 else "") + _unsigned(rounded, places, language)


def format_percent(value: Number, *, decimals: int | None = None, language: str = "tr") -> str:
    """Write percentage points: 12.4 gives ``%12,4``; English ``12.4%``; minus stands first."""
    places = min(_decimals_of(value), 1) if decimals is None else decimals
    rounded = _rounded(value, places)
    size = _unsigned(rounded, places, language)
    return ("-" if rounded < 0 else "") + (f"%{size}" if _is_turkish(language) else f"{size}%")


def format_change(value: Number, *, decimals: int | None = None, language: str = "tr") -> str:
    """Write a change in percentage points with its sign before the per cent: ``+%9,2``."""
    text = format_percent(value, decimals=decimals, language=language)
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text


def _with_currency(size: str, currency: str) -> str:
    """Put the currency's sign in front, or its code behind when it has no sign."""
    sign = SIGNS.get(currency)
    return f"{sign}{size}" if sign else f"{size} {currency}"


def format_money(amount: Number, currency: str = "TRY", *, decimals: int | None = None, language: str = "tr") -> str:
    """Write an amount: ``₺184.250`` when whole, otherwise ``₺184.250,50``."""
    cents = _rounded(amount, 2)
    places = (0 if cents == cents.to_integral_value() else 2) if decimals is None else decimals
    rounded = _rounded(amount, places)
    return ("-" if rounded < 0 else "") + _with_currency(_unsigned(rounded, places, language), currency)


def format_compact(value: Number, *, language: str = "tr") -> str:
    """Write a large number short: ``482 bin``, ``4,8 mn``, ``1,2 mr``; English ``482K``, ``4.8M``.

    Under 100 of a unit there is one decimal (dropped when it is nought), above none.
    """
    sign, size = _compact_parts(value, language)
    return sign + size


def format_compact_money(amount: Number, currency: str = "TRY", *, language: str = "tr") -> str:
    """Write a large amount short: ``₺482 bin``, ``₺4,8 mn``."""
    sign, size = _compact_parts(amount, language)
    return sign + _with_currency(size, currency)


def _compact_parts(value: Number, language: str) -> tuple[str, str]:
    """Give the sign and the shortened size."""
    units = _COMPACT_TR if _is_turkish(language) else _COMPACT_EN
    size = abs(_rounded(value, 0))
    step = 0
    scaled = size
    while step < len(units) - 1 and _compact_round(scaled, step) >= 1000:
        step += 1
        scaled = size.scaleb(-3 * step)
    shown = _compact_round(scaled, step)
    return ("-" if value < 0 and shown else ""), _unsigned(shown, _decimals_of(shown), language) + units[step]


def _compact_round(scaled: Decimal, step: int) -> Decimal:
    """Round to one decimal under 100 of a unit, otherwise to none."""
    return _rounded(scaled, 1 if step and scaled < 100 else 0)


# --- dates ------------------------------------------------------------------------------


def format_date(day: date, *, language: str = "tr") -> str:
    """Write a date in words: ``21 Kasım 2026``; English ``21 November 2026``."""
    months = MONTHS_TR if _is_turkish(language) else MONTHS_EN
    return f"{day.day} {months[day.month - 1]} {day.year}"


def format_day_month(day: date, *, language: str = "tr") -> str:
    """Write a date without its year: ``21 Kasım``."""
    months = MONTHS_TR if _is_turkish(language) else MONTHS_EN
    return f"{day.day} {months[day.month - 1]}"


def format_short_date(day: date, *, language: str = "tr") -> str:
    """Write a date in digits: ``21.11.2026``; English ``21/11/2026`` (day first)."""
    return day.strftime("%d.%m.%Y" if _is_turkish(language) else "%d/%m/%Y")


def format_weekday(day: date, *, language: str = "tr") -> str:
    """Write the day of the week: ``Cumartesi``."""
    return (WEEKDAYS_TR if _is_turkish(language) else WEEKDAYS_EN)[day.weekday()]


def format_full_date(day: date, *, language: str = "tr") -> str:
    """Write date and weekday: ``21 Kasım 2026 Cumartesi``; English ``Saturday 21 November 2026``."""
    words, weekday = format_date(day, language=language), format_weekday(day, language=language)
    return f"{words} {weekday}" if _is_turkish(language) else f"{weekday} {words}"


def format_time(at: datetime, zone: tzinfo) -> str:
    """Write the clock time in a zone, 24 hours: ``15:30``."""
    return at.astimezone(zone).strftime("%H:%M")


def format_relative(at: datetime, *, now: datetime, zone: tzinfo, language: str = "tr") -> str:
    """Write how long ago (or ahead) an instant is: ``5 dk önce``, ``2 sa önce``, ``Dün``.

    Both instants are aware. Under six hours the clock decides, after that the calendar
    days of `zone` do; from 31 days months (of 30 days), from 365 days years.
    """
    turkish = _is_turkish(language)
    seconds = int((now - at).total_seconds())
    ahead, minutes = seconds < 0, abs(seconds) // 60
    if minutes == 0:
        return "Şimdi" if turkish else "Just now"
    days = abs((now.astimezone(zone).date() - at.astimezone(zone).date()).days)
    if minutes < 6 * 60 or days == 0:
        count, unit = (minutes, "min") if minutes < 60 else (minutes // 60, "h")
    elif days == 1:
        if turkish:
            return "Yarın" if ahead else "Dün"
        return "Tomorrow" if ahead else "Yesterday"
    elif days < 31:
        count, unit = days, "day"
    else:
        count, unit = (days // 30, "month") if days < 365 else (days // 365, "year")
    return _relative_words(count, unit, ahead=ahead, turkish=turkish)


_UNITS_TR = {"min": "dk", "h": "sa", "day": "gün", "month": "ay", "year": "yıl"}


def _relative_words(count: int, unit: str, *, ahead: bool, turkish: bool) -> str:
    """Join count, unit and direction; Turkish has no plural after a number."""
    if turkish:
        return f"{count} {_UNITS_TR[unit]} {'sonra' if ahead else 'önce'}"
    plural = "s" if count > 1 and unit in ("day", "month", "year") else ""
    return f"in {count} {unit}{plural}" if ahead else f"{count} {unit}{plural} ago"
