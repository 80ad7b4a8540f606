"""Call an address once and say what came back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from hatir.foundation.outbound.addresses import AddressRefused, judge

TIMEOUT_SECONDS = 10.0
LONGEST_ANSWER = 2000


@dataclass(frozen=True)
class Outcome:
    """What came of one call. Without a status nobody answered."""

    status: int | None
    answer: str
    error: str
    duration_ms: int

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def call(url: str, body: str, headers: Mapping[str, str], *, inner_allowed: bool) -> Outcome:
    """POST the body to the very address that was judged; redirects are not followed, proxies not used."""
    started = time.monotonic()
    try:
        target = judge(url, inner_allowed=inner_allowed)
        status, answer = _post(target.url, target.host, target.host_header, body, headers)
    except AddressRefused as refused:
        return Outcome(None, "", str(refused)[:300], _since(started))
    except (_client().HTTPError, _client().InvalidURL, OSError) as problem:
        return Outcome(None, "", f"{type(problem).__name__}: {problem}"[:300], _since(started))
    return Outcome(status, answer, "", _since(started))


def _post(url: str, host: str, host_header: str, body: str, headers: Mapping[str, str]) -> tuple[int, str]:
    late = time.monotonic() + TIMEOUT_SECONDS
    sent = {"Host": host_header, "Content-Type": "application/json", "User-Agent": "Hatir-Webhooks/1", **headers}
    with (
        _client().Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
        # The certificate is checked against the name, though the IP is called.
        client.stream("POST", url, content=body.encode(), headers=sent, extensions={"sni_hostname": host}) as response,
    ):
        read = b""
        for chunk in response.iter_bytes(LONGEST_ANSWER):
            read += chunk
            if len(read) >= LONGEST_ANSWER or time.monotonic() > late:
                break
        return response.status_code, read[:LONGEST_ANSWER].decode("utf-8", "replace").replace("\x00", "")


def _client() -> ModuleType:
    """Load the HTTP client when the first webhook leaves: it costs every start a tenth of a second otherwise."""
    return import_module("httpx")


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
