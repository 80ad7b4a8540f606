"""Web workers on one listening socket, and the job worker beside them."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from hatir.config.env import ConfigError, Environment
from hatir.config.supervisor import Child, Supervisor

SHUTDOWN_SECONDS = 4
PATIENCE_SECONDS = 60
"""How long background work waits for the database where a person would be told after ten that it is busy."""


class WebServer(uvicorn.Server):
    """Listens to SIGTERM only: the supervisor decides when to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        signal.signal(signal.SIGTERM, self.handle_exit)
        yield


def open_port(host: str, port: int) -> socket.socket:
    """Take the port once for all web processes; raises ConfigError when another program holds it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as refused:
        raise ConfigError(
            f"{host}:{port} adresi açılamıyor ({refused.strerror}): HATIR_PORT ile başka bir kapı seçin.",
            f"The address {host}:{port} cannot be opened ({refused.strerror}): choose another with HATIR_PORT.",
        ) from refused
    listening.setblocking(False)
    return listening


def serve_web(listening: socket.socket, *, proxied: bool) -> None:
    """Answer requests on the socket until SIGTERM."""
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

    if connections.settings["default"]["ENGINE"].endswith("sqlite3"):
        connections.settings["default"]["OPTIONS"]["timeout"] = PATIENCE_SECONDS
    worker.run_forever(schedule=SCHEDULE)


def load_everything() -> None:
    """Import what requests need before forking, so that each child neither waits for it nor holds a copy."""
    from django.urls import get_resolver

    from hatir.config import asgi

    assert asgi.application is not None
    assert get_resolver().url_patterns


def serve_all(environment: Environment, listening: socket.socket) -> int:
    """Run the whole group in the foreground; give the exit code."""
    web = [
        Child(f"web-{place}", lambda: serve_web(listening, proxied=environment.proxied))
        for place in range(1, environment.web_processes + 1)
    ]
    return Supervisor([*web, Child("jobs", work_on_jobs)]).run()
