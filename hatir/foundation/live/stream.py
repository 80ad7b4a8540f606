"""`/events`: server-sent events, answered by the event loop itself. `config.asgi` hands requests here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from hatir.foundation.live.hub import Hub, Subscriber
from hatir.foundation.live.messages import Message
from hatir.foundation.live.sessions import session_key_of
from hatir.foundation.live.watching import read_watch
from hatir.kit.ids import decode_id

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 2000
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
_hubs: dict[int, Hub] = {}


def hub_of_this_loop() -> Hub:
    """Give the hub of the running event loop, one a process."""
    key = id(asyncio.get_running_loop())
    if key not in _hubs:
        _hubs[key] = Hub()
    return _hubs[key]


async def events(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request for the stream: 405, 401, or messages until one side ends it."""
    if scope["method"] != "GET":
        await _refuse(send, 405)
        return
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    hub = hub_of_this_loop()
    watch = await hub.in_thread(read_watch, ",".join(asked.get("watch", [])))
    last_id = _last_id(headers.get("last-event-id", ""))
    subscriber = await hub.subscribe(session_key_of(headers.get("cookie", "")), watch, last_id)
    if subscriber is None:
        await _refuse(send, 401)
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await _body(send, f"retry: {RETRY_MILLISECONDS}\n\n")
    gone = asyncio.create_task(_wait_for_leaving(receive))
    try:
        await _talk(send, subscriber, gone)
    finally:
        gone.cancel()
        await hub.unsubscribe(subscriber)


async def _talk(send: Send, subscriber: Subscriber, gone: asyncio.Task[None]) -> None:
    while not gone.done():
        wanted = asyncio.create_task(subscriber.queue.get())
        both: set[asyncio.Task[Any]] = {wanted, gone}
        await asyncio.wait(both, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not wanted.done():
            wanted.cancel()
            if not gone.done():
                await _body(send, ": still here\n\n")
            continue
        message = wanted.result()
        if message is None:
            await _body(send, "event: bye\ndata: {}\n\n")
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        await _body(send, as_text(message))


def as_text(message: Message) -> str:
    """Write a message as the stream carries it."""
    resume = f"id: {message.id}\n" if message.id else ""
    return f"{resume}event: {message.name}\ndata: {json.dumps(message.data, ensure_ascii=False)}\n\n"


def _last_id(text: str) -> int:
    try:
        return decode_id(text.strip())
    except ValueError:
        return 0


async def _wait_for_leaving(receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return


async def _body(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b""})
