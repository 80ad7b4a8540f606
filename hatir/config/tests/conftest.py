"""Databases for the operator's tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest

from hatir.config.env import read_environment


@pytest.fixture
def postgres_urls() -> Iterator[list[str]]:
    """Make two empty databases on the server under test; skipped, aloud, on SQLite."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("needs PostgreSQL")
    server = read_environment().database
    names = [f"hatir_backup_{place}_{os.getpid()}" for place in ("here", "there")]
    maintenance = _url(server.user, server.password, server.host, server.port, "postgres")
    with psycopg.connect(maintenance, autocommit=True) as opened:
        for name in names:
            opened.execute(f'CREATE DATABASE "{name}"'.encode())
        yield [_url(server.user, server.password, server.host, server.port, name) for name in names]
        for name in names:
            opened.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _url(user: str, password: str, host: str, port: str, name: str) -> str:
    secret = f":{password}" if password else ""
    return f"postgresql://{user}{secret}@{host}:{port or 5432}/{name}"
