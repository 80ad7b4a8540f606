"""Whatever is sent to the served API, it never fails on its own side, and answers as its document says."""

from __future__ import annotations

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

MOST_EXAMPLES = int(os.environ.get("HATIR_API_EXAMPLES", "6"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="session")
def promised(served: Served) -> Any:
    """Load the document from the running server."""
    headers = {"X-API-Key": served.key, "Accept-Language": "en"}
    return schemathesis.openapi.from_url(f"{served.url}/api/v1/openapi.json", headers=headers)


schema = schemathesis.pytest.from_fixture("promised")


@schema.parametrize()
@hypothesis.settings(
    max_examples=MOST_EXAMPLES,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    derandomize=True,
    database=None,
)
def test_any_request_is_answered_as_promised(case: Any, served: Served) -> None:
    response = case.call(base_url=f"{served.url}/api/v1", headers={"X-API-Key": served.key})

    case.validate_response(response, checks=CHECKS)
