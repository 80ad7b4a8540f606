"""A website of somebody's own, on another address than Hatır: it carries our script and our form."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.serving import free_port


def _page(title: str, body: str) -> bytes:
    head = f'<!doctype html><html lang="tr"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><h1>{title}</h1>{body}</body></html>".encode()


class _Site(BaseHTTPRequestHandler):
    pages: Mapping[str, tuple[str, str]] = {}

    def do_GET(self) -> None:  # the name that the library asks for
        found = self.pages.get(self.path.partition("?")[0])
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_page(*found) if found else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the name that the library asks for
        """Say nothing."""


@contextmanager
def website(pages: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Serve pages, by path, each a title and its HTML, as they are when asked for; give the address meanwhile."""
    port = free_port()
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Site", (_Site,), {"pages": pages}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
