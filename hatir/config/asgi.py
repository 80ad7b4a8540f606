"""The door for all requests: `/events` natively asynchronous, everything else as WSGI in four threads.

Django's own ASGI handler is not used: it hops a thread and opens a connection for each request, and was
three times slower for list pages.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from importlib.util import find_spec
from threading import Thread
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from hatir.config.wsgi import application as pages

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApplication = Callable[[Scope, Receive, Send], Awaitable[None]]

THREADS = 4
PAGES = cast(AsgiApplication, WSGIMiddleware(cast(Any, pages), workers=THREADS))
LIVE = "hatir.foundation.live.stream"
LATER = "hatir.interface.api.routes"
"""Loaded once the server answers: the start need not wait for the libraries of the API."""


def native_applications() -> dict[str, AsgiApplication]:
    """Find what answers asynchronously, by path."""
    if find_spec(LIVE) is None:
        return {}
    return {"/events": import_module(LIVE).events}


NATIVE = native_applications()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a request to its application."""
    if scope["type"] == "lifespan":
        await _live_and_die(receive, send)
        return
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1003})
        return
    await NATIVE.get(scope["path"], PAGES)(scope, receive, send)


async def _live_and_die(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            Thread(target=import_module, args=(LATER,), name="later", daemon=True).start()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
