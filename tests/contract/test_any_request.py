"""Whatever is sent to the served API, it never fails on its own side, and answers as its document says."""

from __future__ import annotations

import json
import os
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.conftest import Served
from tests.contract.test_document import SNAPSHOT

MOST_EXAMPLES = int(os.environ.get("HATIR_API_EXAMPLES", "5"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
METHODS = {"get", "post", "patch", "delete"}
OPERATIONS = [
    (path, method)
    for path, item in json.loads(SNAPSHOT.read_text(encoding="utf-8"))["paths"].items()
    for method in item
    if method in METHODS
]


@pytest.fixture(scope="session")
def promised(served: Served) -> Any:
    """Load the document from the running server."""
    headers = {"X-API-Key": served.key, "Accept-Language": "en"}
    return schemathesis.openapi.from_url(f"{served.url}/api/v1/openapi.json", headers=headers)


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS])
def test_any_request_is_answered_as_promised(served: Served, promised: Any, path: str, method: str) -> None:
    @hypothesis.settings(
        max_examples=MOST_EXAMPLES,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        derandomize=True,
        database=None,
    )
    @hypothesis.given(case=promised[path][method].as_strategy())
    def ask(case: Any) -> None:
        response = case.call(base_url=f"{served.url}/api/v1", headers={"X-API-Key": served.key})
        case.validate_response(response, checks=CHECKS)

    ask()
