"""Web workers on one listening socket, and the job worker beside them."""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

import uvicorn

from hatir.config.env import ConfigError, Environment
from hatir.config.supervisor import Child, Supervisor

SHUTDOWN_SECONDS = 4
BACKLOG = 2048
WORKER_NICENESS = 5
"""Where the processors are short, who asks for a page comes before the job in the background."""
PATIENCE_SECONDS = 60
"""How long background work waits for the database where a person would be told after ten that it is busy."""


class WebServer(uvicorn.Server):
    """Listens to SIGTERM only: the supervisor decides when to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        signal.signal(signal.SIGTERM, self.handle_exit)
        yield


# Looking for cycles among everything held 30 ms every third second, and whoever asked just then waited for it.
SELDOM = (10_000, 20, 50)


def open_port(host: str, port: int, processes: int) -> list[socket.socket]:
    """Take the port, with a queue of its own for each web process; raises ConfigError when it is held already.

    The kernel deals connections out among the queues. With one queue for all, the process that happens to be
    awake takes most of them, and its interpreter's lock becomes everybody's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # The first alone, without sharing: it fails where another Hatır shares the port with its own processes.
        socket.create_server((host, port), family=family).close()
        queues = [
            socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=True)
            for _process in range(processes)
        ]
    except OSError as refused:
        raise ConfigError(
            f"{host}:{port} adresi açılamıyor ({refused.strerror}): HATIR_PORT ile başka bir kapı seçin.",
            f"The address {host}:{port} cannot be opened ({refused.strerror}): choose another with HATIR_PORT.",
        ) from refused
    for queue in queues:
        queue.setblocking(False)
    return queues


def serve_web(listening: socket.socket, *, proxied: bool) -> None:
    """Answer requests on the socket until SIGTERM."""
    gc.set_threshold(*SELDOM)
    config = uvicorn.Config(
        "hatir.config.asgi:application",
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=proxied,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    WebServer(config).run(sockets=[listening])


def work_on_jobs() -> None:
    """Work on background jobs and the schedule until SIGTERM."""
    from django.db import connections

    from hatir.config.schedule import SCHEDULE
    from hatir.foundation.jobs import worker

    with suppress(OSError):
        os.nice(WORKER_NICENESS)
    if connections["default"].vendor == "sqlite":
        connections.settings["default"]["OPTIONS"]["timeout"] = PATIENCE_SECONDS
    worker.run_forever(schedule=SCHEDULE)


def load_everything() -> None:
    """Import what requests need before forking, so that each child neither waits for it nor holds a copy."""
    from django.urls import get_resolver

    from hatir.config import asgi

    assert asgi.application is not None
    assert get_resolver().url_patterns


def serve_all(environment: Environment, queues: Sequence[socket.socket]) -> int:
    """Run the whole group in the foreground, a web process for each queue; give the exit code."""
    web = [
        Child(f"web-{place}", partial(serve_web, queue, proxied=environment.proxied))
        for place, queue in enumerate(queues, start=1)
    ]
    return Supervisor([*web, Child("jobs", work_on_jobs)]).run()
