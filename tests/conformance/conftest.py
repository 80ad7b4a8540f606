"""Every registered type, and an own object with every kind of field, as a fixture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hatir.foundation.customization.models import KINDS, CustomObject
from hatir.foundation.records import actions, registry
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import record_type
from tests.conformance.values import World
from tests.world.cast import SYSTEM, Cast, make_cast

OWN_OBJECT = "own object"
# The company's own types stand in the database, which is closed while tests are collected.
TYPE_KEYS = (*registry._declared, OWN_OBJECT)


def define_every_kind(type_key: str) -> None:
    """Add one own field of every kind to a type."""
    rows = [
        {
            "type_key": type_key,
            "label": f"Kendi {kind}",
            "kind": kind,
            "choice_lines": "Fıstık\nSüt\nYumurta" if kind in ("choice", "multichoice") else "",
            "target": "customers.customer" if kind == "relation" else "",
        }
        for kind, _label in KINDS
    ]
    actions.create(record_type("customization.field"), rows, actor=SYSTEM)


def define_own_object() -> RecordType:
    """Define boats, with one field of every kind."""
    rows = [{"label": "Tekne", "plural": "Tekneler"}]
    boat: CustomObject = actions.create(record_type("customization.object"), rows, actor=SYSTEM)[0]
    define_every_kind(boat.type_key)
    return record_type(boat.type_key)


@pytest.fixture(autouse=True)
def memory() -> Iterator[None]:
    """Let each test be one piece of work, like a request."""
    with piece_of_work():
        yield


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture(params=TYPE_KEYS)
def rt(request: pytest.FixtureRequest, db: None) -> RecordType:
    """Give one type after the other."""
    return define_own_object() if request.param == OWN_OBJECT else record_type(request.param)
