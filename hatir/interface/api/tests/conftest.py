"""The cast with keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from hatir.foundation.access.keys import create_api_key
from tests.world.cast import SYSTEM, Cast, Member, make_cast


@dataclass
class Program:
    """A program with a key; `send` gives the answer and never raises."""

    plain: str

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        body = data if isinstance(data, (str, bytes)) else json.dumps(data) if data is not None else ""
        kind = headers.pop("content_type", "application/json")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.plain:
            named["Authorization"] = f"Bearer {self.plain}"
        client = Client(raise_request_exception=False)
        return client.generic(method, f"/api/v1{path}", body, content_type=kind, headers=named)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def program() -> Callable[..., Program]:
    def make(member: Member, *scopes: str) -> Program:
        return Program(create_api_key(member.user, "Test", scopes or ("*:*",), actor=SYSTEM).plain)

    return make


@pytest.fixture
def api(cast: Cast, program: Callable[..., Program]) -> Program:
    """Give the administrator's program."""
    return program(cast.admin)


@pytest.fixture
def stranger() -> Program:
    return Program("")
