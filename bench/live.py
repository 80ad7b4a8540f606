"""Sixty open pages on one served company: how soon a change reaches them, and what one stream weighs."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from importlib import import_module

import django
import httpx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from bench.measuring import ROOT, free_port, machine, wait_for  # noqa: E402
from bench.start import children_of, pss_megabytes  # noqa: E402
from hatir.foundation.access.queries import visible  # noqa: E402
from hatir.foundation.records import actions  # noqa: E402
from hatir.foundation.records.actor import system_actor  # noqa: E402
from hatir.foundation.records.registry import record_type  # noqa: E402
from hatir.foundation.staff.models import User  # noqa: E402

STREAMS, CHANGES, PAUSE_SECONDS, SETTLE_SECONDS = 60, 20, 1.3, 3.0
KEY, HOUSE = "customers.customer", system_actor("bench")
BAR = "bar ≤ 2,000 ms"


def signed_in(user: User) -> str:
    """Make a session of a user; give its key."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def change(number: int) -> float:
    """Change one customer as another process would; give the instant at which it was committed."""
    rt = record_type(KEY)
    record = visible(HOUSE, rt).filter(archived_at=None).order_by("pk").first()
    actions.update(rt, [(record, {"note": f"bench {number} {time.time()}"})], actor=HOUSE)
    return time.perf_counter()


async def listen(client: httpx.AsyncClient, url: str, cookie: str, heard: list[float], opened: asyncio.Event) -> None:
    """Keep one stream open and note when each change comes."""
    cookies = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
    async with client.stream("GET", f"{url}/events?watch=list:{KEY}", headers=cookies) as answer:
        if answer.status_code != 200:
            raise RuntimeError(f"/events answered {answer.status_code}")
        opened.set()
        note = heard.append
        async for line in answer.aiter_lines():
            if line == "event: changed":
                note(time.perf_counter())


async def measure(url: str, cookies: list[str], pid: int) -> tuple[list[float], float, int]:
    """Open all streams, change a record again and again; give latencies in ms, MB gained, and changes missed."""
    before = sum(pss_megabytes(one) for one in children_of(pid))
    heard: list[list[float]] = [[] for _cookie in cookies]
    opened = [asyncio.Event() for _cookie in cookies]
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=None, limits=limits) as client:
        streams = [asyncio.create_task(listen(client, url, *each)) for each in zip(cookies, heard, opened, strict=True)]
        await asyncio.gather(*(one.wait() for one in opened))
        await asyncio.sleep(SETTLE_SECONDS)
        for times in heard:
            times.clear()  # what was missed while nobody listened
        changed = []
        for number in range(CHANGES):
            changed.append(await asyncio.to_thread(change, number))
            await asyncio.sleep(PAUSE_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)
        after = sum(pss_megabytes(one) for one in children_of(pid))
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)
    latencies = [(at - when) * 1000 for times in heard for when, at in zip(changed, times, strict=False)]
    return latencies, after - before, CHANGES * len(cookies) - len(latencies)


def main() -> None:
    """Print p50 and p95 of the way from commit to open page, and the memory of one stream."""
    user = User.objects.filter(is_admin=True, is_active=True).order_by("id").first()
    if user is None:
        sys.exit("There is no administrator: run `bin/hatir demo` or `bin/hatir user create --admin` first.")
    cookies, port = [signed_in(user) for _stream in range(STREAMS)], free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "hatir.config.cli", "serve"],
        env={**os.environ, "HATIR_PORT": str(port)}, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/accounts/login/")
        time.sleep(SETTLE_SECONDS)
        latencies, gained, missed = asyncio.run(measure(url, cookies, process.pid))
    finally:
        process.terminate()
        process.wait(timeout=15)
    ordered = sorted(latencies)
    print(machine())
    print(
        f"{STREAMS} streams, {CHANGES} changes: p50 {statistics.median(ordered):.0f} ms   "
        f"p95 {ordered[int(len(ordered) * 0.95)]:.0f} ms   most {ordered[-1]:.0f} ms ({BAR}), {missed} missed"
    )
    print(f"memory {gained:.1f} MB PSS in all, {gained * 1024 / STREAMS:.0f} KB a stream")


if __name__ == "__main__":
    main()
