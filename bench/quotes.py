"""Measure the PDF of a quote: `bin/hatir bench quotes [--runs 10]`.

Prints seconds for 1, 20 and 200 lines, with everything from the rows in memory to the bytes, beside the bare setting of
a one-line document by the same library. The letterhead is that of the database of the environment. The bar is 1.5 s.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
django.setup()

import typst  # noqa: E402

from hatir.domains.customers.models import Customer  # noqa: E402
from hatir.domains.quotes.models import Quote, QuoteLine  # noqa: E402
from hatir.domains.quotes.queries import pdf_of  # noqa: E402
from hatir.domains.quotes.queries.papers import FONTS  # noqa: E402
from hatir.foundation.records.memory import piece_of_work  # noqa: E402

SIZES = (1, 20, 200)
BAR_SECONDS = 1.5


def main() -> None:
    """Print one line for each size."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=10)
    runs = options.parse_args().runs
    bare = timed(hello, runs)
    print(f"bare typst, one line            {bare:.3f} s")
    with piece_of_work():
        for size in SIZES:
            quote, lines = made(size)
            took = timed(lambda quote=quote, lines=lines: pdf_of(quote, lines), runs)  # type: ignore[misc]
            kept = "kept" if took <= BAR_SECONDS else "MISSED"
            size_kb = len(pdf_of(quote, lines)) / 1024
            print(f"PDF of a quote, {size:>3} lines        {took:.3f} s   {took / bare:5.1f} x   "
                  f"{size_kb:.0f} KB   bar {BAR_SECONDS} s {kept}")  # fmt: skip


def hello() -> bytes:
    """Set the smallest document there is, with the same fonts."""
    set_bare: bytes = typst.compile(  # type: ignore[misc]
        b'#set text(font: "Inter")\nMerhaba', font_paths=[str(FONTS)], ignore_system_fonts=True
    )
    return set_bare


def timed(work: Callable[[], object], runs: int) -> float:
    """Give the median of so many runs in seconds, after one that warms up."""
    work()
    times = []
    for _run in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def made(size: int) -> tuple[Quote, list[QuoteLine]]:
    """Make a quote in memory."""
    customer = Customer(name="Lale Market", legal_name="Lale Market Gıda Sanayi ve Ticaret Limited Şirketi")
    quote = Quote(
        number="TK2026-00001", customer=customer, title="Ölçüm", quoted_on=date(2026, 11, 22),
        valid_until=date(2026, 12, 22), terms="Ödeme: peşin.\nTeslim: 6 hafta.", discount_percent=Decimal(5),
    )  # fmt: skip
    lines = [
        QuoteLine(
            name=f"Ceviz masa {at}, oldukça uzun bir adı olan şık bir ürün", unit="Adet", quantity=Decimal(at % 9 + 1),
            unit_price=Decimal("1234.50"), tax_percent=Decimal(20 if at % 3 else 10), discount_percent=Decimal(at % 4),
        )
        for at in range(size)
    ]  # fmt: skip
    return quote, lines


if __name__ == "__main__":
    main()
