"""Sixty open streams in one process: a change reaches all who may see it within two seconds, and nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.live.stream import events, hub_of_this_loop
from hatir.foundation.records import actions
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast, make_cast, make_role, make_user
from tests.world.databases import shared_database as shared_database

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("shared_database"),
]
KEY = "customers.customer"
LISTENERS, WITHIN_SECONDS, WATCHED_SECONDS = 60, 2.0, 3.5


class Page:
    """A browser page with an open stream; it notes when each message came."""

    def __init__(self, cookie: str, watch: str, *, may_see: bool) -> None:
        self.may_see = may_see
        self.told: list[tuple[float, str, dict[str, Any]]] = []
        self.status = 0
        self.opened, self.leaves = asyncio.Event(), asyncio.Event()
        self.scope: MutableMapping[str, Any] = {
            "method": "GET",
            "headers": [(b"cookie", f"hatir_session={cookie}".encode())],
            "query_string": f"watch={watch}".encode(),
        }

    async def receive(self) -> MutableMapping[str, Any]:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.opened.set()
        for block in message.get("body", b"").decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in lines:
                self.told.append((monotonic(), lines["event"], json.loads(lines["data"])))

    def heard(self) -> list[tuple[float, dict[str, Any]]]:
        return [(at, data) for at, name, data in self.told if name == "changed"]


def cookies(cast: Cast, count: int, *, may_see: bool) -> list[str]:
    """Sign in so many users: in the team of the record, or with a role that sees own records only."""
    role = make_role(f"Dinleyen {may_see}", {"view": "team" if may_see else "own"})
    found = []
    for number in range(count):
        teams = [cast.sales] if may_see else [cast.service]
        user = make_user(f"Kişi {number}", f"{may_see}{number}@ornek.com.tr", teams=teams, role=role)
        client = Client()
        client.force_login(user)
        found.append(client.cookies["hatir_session"].value)
    return found


async def listen(pages: list[Page], change: Any) -> float:
    """Open all streams, make the change beside them, wait, and close them; give when the change was made."""
    streams = [asyncio.create_task(events(page.scope, page.receive, page.send)) for page in pages]
    await asyncio.wait_for(asyncio.gather(*(page.opened.wait() for page in pages)), timeout=30)
    await asyncio.sleep(1.0)
    changed_at = monotonic()
    await asyncio.get_running_loop().run_in_executor(None, change)
    await asyncio.sleep(WATCHED_SECONDS)
    for page in pages:
        page.leaves.set()
    await asyncio.gather(*streams)
    return changed_at


def hang_up() -> None:
    """Close the connection of one of the hub's threads, so that the test database can be dropped."""
    sleep(0.2)
    connections.close_all()


class TestSixtyListeners:
    @pytest.mark.parametrize("sees_half", [False, True])
    def test_hear_within_two_seconds_or_never(self, sees_half: bool) -> None:
        cast = make_cast()
        OutboxEvent.objects.all().delete()
        number = LISTENERS // 2 if sees_half else LISTENERS
        watch = f"{KEY}:{cast.lale_market.public_id},list:{KEY}"
        signed_in = [(cookie, True) for cookie in cookies(cast, number, may_see=True)]
        signed_in += [(cookie, False) for cookie in cookies(cast, LISTENERS - number, may_see=False)]

        def change() -> None:
            actions.update(record_type(KEY), [(cast.lale_market, {"city": "Manisa"})], actor=cast.ayse.actor)
            connections.close_all()

        async def run() -> tuple[list[Page], float]:
            pages = [Page(cookie, watch, may_see=may_see) for cookie, may_see in signed_in]
            changed_at = await listen(pages, change)
            await asyncio.gather(*(hub_of_this_loop().in_thread(hang_up) for _thread in range(2)))
            return pages, changed_at

        pages, changed_at = asyncio.run(run())

        assert [page.status for page in pages] == [200] * LISTENERS
        seeing = [page for page in pages if page.may_see]
        assert [[data["fields"] for _at, data in page.heard()] for page in seeing] == [[["city"]]] * number
        assert max(page.heard()[0][0] - changed_at for page in seeing) < WITHIN_SECONDS
        blind = [page for page in pages if not page.may_see]
        assert [page.heard() for page in blind] == [[]] * (LISTENERS - number)
        assert not any("Lale" in json.dumps(data) for page in blind for _at, _name, data in page.told)
