import json

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.http import Http404
from rest_framework import exceptions

from config import problems


def answer(error: Exception) -> tuple[int, dict[str, object]]:
    """Status and document for an exception that a view raised."""
    response = problems.problem_response(error, {})
    assert response is not None
    assert response.content_type == "application/problem+json"
    return response.status_code, response.data


@pytest.mark.parametrize(
    ("code", "status", "title"),
    [
        ("conflict", 409, "Conflict"),
        ("in_flight", 409, "Conflict"),
        ("key_reused", 422, "Unprocessable Entity"),
        ("required", 400, "Bad Request"),
        (None, 400, "Bad Request"),
    ],
)
def test_the_code_of_a_refusal_decides_the_status(code, status, title):
    assert answer(ValidationError("Not so.", code=code)) == (
        status,
        {"type": "about:blank", "title": title, "status": status, "detail": "Not so."},
    )


def test_a_refusal_by_fields_names_each():
    error = ValidationError({"a/b~c": [ValidationError("One.", code="x"), "Two."]})

    status, document = answer(error)

    assert status == 400
    assert document["errors"] == [
        {"pointer": "/a~1b~0c", "code": "x", "detail": "One."},
        {"pointer": "/a~1b~0c", "code": "None", "detail": "Two."},
    ]


def test_nested_errors_of_drf_become_pointers():
    error = exceptions.ValidationError(
        {"lines": {1: {"price": ["Too much."]}}, "a/b": ["No."], "non_field_errors": ["Neither."]}
    )

    _, document = answer(error)

    assert document["errors"] == [
        {"pointer": "/lines/1/price", "code": "invalid", "detail": "Too much."},
        {"pointer": "/a~1b", "code": "invalid", "detail": "No."},
        {"pointer": "", "code": "invalid", "detail": "Neither."},
    ]


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (RequestDataTooBig(), 413, "The body is larger than this address takes. Send less."),
        (TooManyFieldsSent(), 413, "The body is larger than this address takes. Send less."),
        (Http404("No such brief."), 404, "No such brief."),
        (exceptions.NotFound(), 404, "Not found."),
        (exceptions.PermissionDenied(), 403, "You do not have permission to perform this action."),
        (exceptions.UnsupportedMediaType("x/y"), 415, 'Unsupported media type "x/y" in request.'),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_other_exceptions_keep_their_status(error, status, detail):
    assert answer(error)[1] | {"title": ""} == {
        "type": "about:blank", "title": "", "status": status, "detail": detail,
    }  # fmt: skip


def test_what_is_nested_too_deeply_points_at_the_whole():
    text = "The JSON is nested too deeply."

    status, document = answer(RecursionError())

    assert status == 400
    assert document["detail"] == text
    assert document["errors"] == [{"pointer": "", "code": "too_deep", "detail": text}]


def test_headers_that_tell_a_client_what_to_do_stay():
    throttled = problems.problem_response(exceptions.Throttled(wait=7.2), {})
    forbidden = problems.problem_response(exceptions.AuthenticationFailed(), {})

    assert throttled is not None
    assert throttled["Retry-After"] == "8"
    assert forbidden is not None
    assert "Retry-After" not in forbidden


def test_an_unknown_exception_is_left_to_django():
    assert problems.problem_response(KeyError("x"), {}) is None


def test_a_document_outside_of_drf():
    response = problems.json_problem(503, "Come back later.")

    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "Come back later.",
    }
