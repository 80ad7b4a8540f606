"""Fetch a file from a web address that was judged; say when it is the one of last time."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from ipaddress import ip_address
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from hatir.foundation.feeds.errors import FeedRefused
from hatir.foundation.feeds.places import Place
from hatir.foundation.outbound.addresses import AddressRefused, Target, is_inner, judge
from hatir.foundation.outbound.preferences import inner_addresses_allowed

LARGEST_BYTES = 200_000_000
TIMEOUT_SECONDS = 15.0
LONGEST_SECONDS = 600.0
_FILE_NAME = re.compile(r'filename="?([^";]+)"?')


@dataclass(frozen=True)
class Answer:
    """A file on its way in: its name, what tells whether it changed, and its bytes."""

    name: str
    etag: str
    modified: str
    chunks: Iterator[bytes]


@contextmanager
def fetched(place: Place, *, etag: str = "", modified: str = "") -> Iterator[Answer | None]:
    """Open the file; None when the server says that it did not change since. Raises FeedRefused."""
    target = judged(place.url)
    sent = _headers(place, target) | ({"If-None-Match": etag} if etag else {})
    sent |= {"If-Modified-Since": modified} if modified and not etag else {}
    try:
        with (
            _client().Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
            # The certificate is checked against the name, though the IP is called.
            client.stream("GET", target.url, headers=sent, extensions={"sni_hostname": target.host}) as response,
        ):
            if response.status_code == 304:
                yield None
                return
            _require_file(response)
            headers = response.headers
            yield Answer(
                _name_of(place.url, headers.get("content-disposition", "")),
                headers.get("etag", "")[:300],
                headers.get("last-modified", "")[:100],
                _within_limits(response),
            )
    except (_client().HTTPError, _client().InvalidURL) as problem:
        told = _("The address does not answer as it should (%(problem)s).")
        raise FeedRefused(told % {"problem": type(problem).__name__}) from problem


def judged(url: str) -> Target:
    """Judge an address as webhooks do; outside the company's own network only https is called. Raises FeedRefused."""
    try:
        target = judge(url, inner_allowed=inner_addresses_allowed())
    except AddressRefused as problem:
        raise FeedRefused(str(problem)) from problem
    if target.scheme != "https" and not is_inner(ip_address(target.ip)):
        raise FeedRefused(_("Only https addresses are fetched."))
    return target


def _headers(place: Place, target: Target) -> dict[str, str]:
    sent = {"Host": target.host_header, "User-Agent": "Hatir-Import/1", "Accept": "*/*"}
    if place.user_name:
        pair = base64.b64encode(f"{place.user_name}:{place.password}".encode()).decode()
        sent["Authorization"] = f"Basic {pair}"
    elif place.password:
        sent["Authorization"] = f"Bearer {place.password}"
    return sent


def _require_file(response: Any) -> None:
    status = response.status_code
    if status in (401, 403):
        raise FeedRefused(_("The address refuses the user name or the password."))
    if status == 404:
        raise FeedRefused(_("There is no file at this address."))
    if 300 <= status < 400:
        raise FeedRefused(_("The address leads on to another one. Give the one where the file is."))
    if status != 200:
        raise FeedRefused(_("The address answers with the error %(status)d.") % {"status": status})
    length = response.headers.get("content-length", "")
    if length.isdigit() and int(length) > LARGEST_BYTES:
        raise FeedRefused(too_large())


def _within_limits(response: Any) -> Iterator[bytes]:
    read, late = 0, time.monotonic() + LONGEST_SECONDS
    for chunk in response.iter_bytes(256 * 1024):
        read += len(chunk)
        if read > LARGEST_BYTES:
            raise FeedRefused(too_large())
        if time.monotonic() > late:
            raise FeedRefused(_("The file takes too long to arrive."))
        yield chunk


def too_large() -> str:
    """Say that a file is too large."""
    return _("The file is larger than %(limit)d MB.") % {"limit": LARGEST_BYTES // 1_000_000}


def _name_of(url: str, disposition: str) -> str:
    said = _FILE_NAME.search(disposition)
    name = said.group(1) if said else unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    return name.replace("/", "_").replace("\\", "_")[:120] or "file.csv"


def _client() -> ModuleType:
    """Load the HTTP client when the first file is fetched: it costs every start a tenth of a second otherwise."""
    return import_module("httpx")
