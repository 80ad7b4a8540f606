"""A served Hatır with a key, as a program outside meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.serving import ROOT, serve


@dataclass(frozen=True)
class Served:
    """Where it answers, and a key of its administrator."""

    url: str
    key: str

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"X-API-Key": self.key}, timeout=30, follow_redirects=False)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve an empty company, on the database of this pass, and make a key with the operator's own command."""
    home = tmp_path_factory.mktemp("api")
    with own_database() as database, serve(home, DATABASE_URL=database) as running:
        _command(home, database, "user", "create", "--email", "api@ornek.com.tr", "--name", "Defne Koç", "--admin")
        key = _command(home, database, "api-key", "create", "--user", "api@ornek.com.tr")
        yield Served(running.url, key)


@contextmanager
def own_database() -> Iterator[str]:
    """Give the address of an empty PostgreSQL database for this process; "" means SQLite, as in that pass."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield ""
        return
    name = f"hatir_served_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with psycopg.connect(f"{given.rpartition('/')[0]}/postgres", autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{given.rpartition('/')[0]}/{name}"
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _command(home: os.PathLike[str], database: str, *words: str) -> str:
    environment = {**os.environ, "HATIR_HOME": str(home), "PYTHONPATH": str(ROOT), "DATABASE_URL": database}
    environment["DJANGO_SETTINGS_MODULE"] = "hatir.config.settings.prod"
    command = [sys.executable, "-m", "hatir.config.cli", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=home)
    return done.stdout.strip()
