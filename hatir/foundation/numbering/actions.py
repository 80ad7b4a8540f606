"""Take numbers."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import F

from hatir.foundation.numbering.declaration import Series
from hatir.foundation.numbering.models import Counter
from hatir.foundation.numbering.rules import period_of, written
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import bulk


class NoTransaction(RuntimeError):
    """Numbers were asked for outside a transaction, where a failure would leave a gap."""


def take_numbers(series: Series, count: int, *, on: date) -> list[str]:
    """Take the next numbers of a series for documents of a day, in the caller's transaction.

    Others wait for the series until that transaction ends; when it is rolled back the numbers are free again, so
    there is neither gap nor duplicate. Raises NoTransaction outside one.
    """
    if not connection.in_atomic_block:
        raise NoTransaction(series.key)
    if count <= 0:
        return []
    pattern = str(value_of(series.preference_key) or series.pattern)
    period = period_of(pattern, on)
    bulk.insert_missing([Counter(series=series.key, period=period)])
    row = Counter.objects.filter(series=series.key, period=period)
    row.update(last=F("last") + count)  # the row is ours until the transaction ends
    last = row.values_list("last", flat=True).get()
    return [written(pattern, number, on) for number in range(last - count + 1, last + 1)]
