"""A bank on this machine: it holds bulletins by day and answers as the real one does, or badly."""

from __future__ import annotations

import threading
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MONDAY, FRIDAY_BEFORE = date(2026, 11, 16), date(2026, 11, 13)
"""A Monday and the Friday before it."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet type="text/xsl" href="isokur.xsl"?>\n'
# code, unit, forex buying and selling, banknote buying and selling: figures made up for the tests.
ROWS = (
    ("USD", 1, "42.1055", "42.1814", "42.0760", "42.2447"),
    ("EUR", 1, "48.6021", "48.6897", "48.5681", "48.7627"),
    ("JPY", 100, "27.1234", "27.3031", "27.0231", "27.4069"),
    ("CNY", 1, "5.8847", "5.9617", "", ""),
    ("XDR", 1, "57.0210", "", "", ""),
    ("ZZZ", 1, "1.0000", "1.1000", "", ""),
)


def bulletin(day: date, rows: Any = ROWS, *, head: str = _HEAD) -> str:
    """Write a document as the bank does."""
    said = f'<Tarih_Date Tarih="{day:%d.%m.%Y}" Date="{day:%m/%d/%Y}"  Bulten_No="2026/210" >\n'
    return head + said + "\n".join(_row(at, *row) for at, row in enumerate(rows)) + "\n</Tarih_Date>\n"


def _row(at: int, code: str, unit: int, *rates: str) -> str:
    names = ("ForexBuying", "ForexSelling", "BanknoteBuying", "BanknoteSelling")
    told = "".join(f"\t\t\t<{name}>{rate}</{name}>\n" for name, rate in zip(names, rates, strict=True))
    return (
        f'\t<Currency CrossOrder="{at}" Kod="{code}" CurrencyCode="{code}">\n\t\t\t<Unit>{unit}</Unit>\n'
        f"\t\t\t<Isim>İSVİÇRE FRANGI</Isim>\n\t\t\t<CurrencyName>SWISS FRANK</CurrencyName>\n{told}"
        "\t\t\t<CrossRateUSD/>\n\t\t\t<CrossRateOther/>\n\t</Currency>"
    )


class Bank:
    """What the bank holds by path, with the code it answers with; what it was asked."""

    def __init__(self) -> None:
        self.documents: dict[str, str | bytes] = {}
        self.codes: dict[str, int] = {}
        self.asked: list[str] = []
        self.hosts: set[str] = set()
        self.silent_seconds = 0.0
        bank = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                bank.answer(self)

            def log_message(self, *_said: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/kurlar"

    def publish(self, *days: date, rows: Any = ROWS) -> None:
        """Lay out bulletins; the last one is the newest."""
        for day in days:
            self.documents[path_of(day)] = self.documents["/kurlar/today.xml"] = bulletin(day, rows)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        self.hosts.add(handler.headers["Host"])
        time.sleep(self.silent_seconds)
        held = self.documents.get(handler.path)
        code = self.codes.get(handler.path, 404 if held is None else 200)
        body = held.encode() if isinstance(held, str) else held or b"<html><body>404</body></html>"
        try:
            handler.send_response(code)
            if code == 302:
                handler.send_header("Location", "/kurlar/elsewhere.xml")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            """The other side has hung up: it does not wait for ever."""

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def path_of(day: date) -> str:
    """Give the path of a day's bulletin."""
    return f"/kurlar/{day:%Y%m}/{day:%d%m%Y}.xml"
