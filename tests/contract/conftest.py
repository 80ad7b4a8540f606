"""A served Hatır with a key, as a program outside meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

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
    """Serve an empty company and make a key with the operator's own command."""
    home = tmp_path_factory.mktemp("api")
    with serve(home) as running:
        _command(home, "user", "create", "--email", "api@ornek.com.tr", "--name", "Defne Koç", "--admin")
        key = _command(home, "api-key", "create", "--user", "api@ornek.com.tr")
        yield Served(running.url, key)


def _command(home: os.PathLike[str], *words: str) -> str:
    environment = {**os.environ, "HATIR_HOME": str(home), "PYTHONPATH": str(ROOT)}
    environment["DJANGO_SETTINGS_MODULE"] = "hatir.config.settings.prod"
    command = [sys.executable, "-m", "hatir.config.cli", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=home)
    return done.stdout.strip()
