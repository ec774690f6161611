"""The whole API against its own schema, and the answers below /api/ that no view gives."""

import warnings
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.test import Client
import hypothesis
from schemathesis.specs.openapi import checks

from config.wsgi import application

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]


schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


@schema.parametrize()
@hypothesis.settings(
    max_examples=60, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)
@pytest.mark.django_db(transaction=True)  # WSGI closes a connection that a test holds in a transaction
def test_the_api_keeps_to_its_schema_whatever_comes(case: Any, settings: Any) -> None:
    settings.THROTTLE = False
    case.call_and_validate(checks=CHECKS)
