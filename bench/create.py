"""Customers a second through the API with all doors, and what one costs beside the limit page."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from urllib.parse import SplitResult, urlsplit

import django
import httpx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
django.setup()

from bench.measuring import Figure, machine, served  # noqa: E402
from hatir.foundation.access.keys import create_api_key  # noqa: E402
from hatir.foundation.records.actor import system_actor  # noqa: E402
from hatir.foundation.staff.models import User  # noqa: E402

CLIENTS, SECONDS = 8, 8.0
WARM_UP = 60
"""Also fills the 50 rows of the limit page where the company is empty."""
BAR = "≤ 3 x, ≥ 120/s at 8 clients"


def sent(number: int) -> dict[str, str]:
    """Make one customer as a plain client sends it."""
    return {"name": f"Ayşe Işık {number}", "email": f"ayse{number}@example.com", "phone": "555-123-4567"}


def post(client: httpx.Client, number: int) -> None:
    answer = client.post("/api/v1/customers", json=sent(number))
    if answer.status_code != 201:
        raise RuntimeError(f"{answer.status_code} {answer.text[:300]}")


async def keep_posting(address: SplitResult, key: str, place: int, ready: asyncio.Barrier) -> list[float]:
    """Send customers one after another once everybody is ready; give the times in milliseconds."""
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"POST /api/v1/customers HTTP/1.1\r\nHost: {address.netloc}\r\nX-API-Key: {key}\r\n"

    async def post_one(number: int) -> None:
        body = json.dumps(sent(number)).encode()
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write((head + kind).encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()  # ascii-only: a protocol's header
        length = int(answer.split(b"content-length:")[1].split(b"\r\n")[0])
        text = await reader.readexactly(length)
        if b" 201 " not in answer.split(b"\r\n")[0]:
            raise RuntimeError(f"{answer!r} {text[:300]!r}")

    number, own = place * 1_000_000, []
    await post_one(number - 1)
    await ready.wait()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        started = time.perf_counter()
        await post_one(number)
        own.append((time.perf_counter() - started) * 1000)
        number += 1
    writer.close()
    return own


async def at_once(url: str, key: str) -> list[float]:
    """Let all clients send at once; give all times in milliseconds.

    They are eight connections of one light process, so that the load takes little of the cores that serve.
    """
    ready = asyncio.Barrier(CLIENTS)
    each = await asyncio.gather(*(keep_posting(urlsplit(url), key, place, ready) for place in range(1, CLIENTS + 1)))
    return [one for own in each for one in own]


def alone(url: str, key: str, limit_url: str, rounds: int = 150) -> Figure:
    """Create and ask the limit page in turn, one request each."""
    times, limits = [], []
    with httpx.Client(base_url=url, headers={"X-API-Key": key}, timeout=60) as client:
        for turn in range(rounds + WARM_UP):
            started = time.perf_counter()
            post(client, turn)
            between = time.perf_counter()
            client.get(limit_url)
            if turn >= WARM_UP:
                times.append((between - started) * 1000)
                limits.append((time.perf_counter() - between) * 1000)
    return Figure("create through the API", tuple(times), tuple(limits), 0, BAR)


def main() -> None:
    print(machine())
    user = User.objects.filter(is_admin=True, is_active=True).order_by("id").first()
    if user is None:
        sys.exit("There is no administrator: run `bin/hatir demo` or `bin/hatir user create --admin` first.")
    key = create_api_key(user, "bench", actor=system_actor("bench")).plain
    with served() as (url, limit_url):
        print(alone(url, key, limit_url).line())
        times = sorted(asyncio.run(at_once(url, key)))
        print(
            f"{CLIENTS} clients at once: {len(times) / SECONDS:.0f}/s   p50 {statistics.median(times):.1f} ms   "
            f"p95 {times[int(len(times) * 0.95)]:.1f} ms"
        )


if __name__ == "__main__":
    main()
