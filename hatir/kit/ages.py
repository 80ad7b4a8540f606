"""Ages and birthdays: from a date of birth, and back to the dates of birth that an age means.

Who was born on 29 February has the birthday on 1 March of a common year.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta

OLDEST = 150
YEAR = 366


def age_on(born: date, day: date) -> int:
    """Count the full years of life on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def days_to_birthday(born: date, day: date) -> int:
    """Count the days until the next birthday; 0 on the day itself."""
    following = _birthday(born, day.year)
    return ((following if following >= day else _birthday(born, day.year + 1)) - day).days


def born_by(age: int, day: date) -> date:
    """Give the last date of birth of those who are at least `age` years old on a day."""
    year = day.year - age
    if year < 1:
        return date.min
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def birthdays_ahead(first: int, last: int, day: date) -> frozenset[int]:
    """List the birthdays from `first` to `last` days ahead, written as month × 100 + day."""
    found: set[int] = set()
    for ahead in range(max(0, first), min(YEAR, last) + 1):
        that = day + timedelta(days=ahead)
        found.add(that.month * 100 + that.day)
        if (that.month, that.day) == (3, 1) and not isleap(that.year):
            found.add(229)
    return frozenset(found)


def _birthday(born: date, year: int) -> date:
    return date(year, 3, 1) if (born.month, born.day) == (2, 29) and not isleap(year) else born.replace(year=year)
