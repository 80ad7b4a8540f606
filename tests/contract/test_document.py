"""The OpenAPI document is valid, and changes only when somebody means it to.

`UPDATE_OPENAPI=1 bin/test tests/contract/test_document.py` writes the snapshot anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.utils import translation
from openapi_spec_validator import validate

from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import record_types
from hatir.interface.api.openapi import document, document_bytes

SNAPSHOT = Path(__file__).with_name("openapi.json")


@pytest.fixture
def present() -> str:
    with piece_of_work(), translation.override("en"):
        types = [rt for rt in record_types() if rt.plain_fields is None]
        return json.dumps(document(types), indent=1, ensure_ascii=False, sort_keys=True, default=str) + "\n"


@pytest.mark.django_db
class TestDocument:
    def test_is_valid_openapi(self, present: str) -> None:
        validate(json.loads(present))

    def test_is_the_one_we_promised(self, present: str) -> None:
        if os.environ.get("UPDATE_OPENAPI"):
            SNAPSHOT.write_text(present, encoding="utf-8")

        assert json.loads(present) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))

    def test_is_made_once_for_the_same_definitions(self) -> None:
        with piece_of_work():
            assert document_bytes() is document_bytes()

    def test_names_every_type(self, present: str) -> None:
        paths = json.loads(present)["paths"]

        assert {f"/{rt.api_path}" for rt in record_types()} <= set(paths)
