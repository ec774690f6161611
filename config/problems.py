"""Errors of the API as problem documents (RFC 9457), with one entry per field that is wrong."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect, JsonResponse
from django.urls import resolve
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

CONTENT_TYPE = "application/problem+json"
# Codes that the verbs give to a refusal, and what they are in HTTP.
_STATUS_OF_CODE = {"conflict": 409, "in_flight": 409, "key_reused": 422}


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: the answer to an exception that a view raised; None leaves it to Django."""
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _problem(413, "The body is larger than this address takes. Send less.")
    if isinstance(error, RecursionError):
        text = "The JSON is nested too deeply."
        return _problem(400, text, [{"pointer": "", "code": "too_deep", "detail": text}])
    if isinstance(error, BadRequest):
        return _problem(400, str(error))
    if isinstance(error, ValidationError):
        return _refusal(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    detail, errors = _explained(error)
    problem = _problem(response.status_code, detail, errors)
    for name in ("Retry-After", "Allow", "WWW-Authenticate"):
        if name in response:
            problem[name] = response[name]
    return problem


def _explained(error: Exception) -> tuple[str, list[dict[str, str]]]:
    if isinstance(error, exceptions.ValidationError):
        return "Some fields need another look.", list(_field_errors(error.get_full_details(), ""))
    if isinstance(error, exceptions.APIException | Http404):
        return str(error), getattr(error, "errors", [])
    return "", []


def _refusal(error: ValidationError) -> Response:
    """A refusal by a verb: its code decides between 400, 409 and 422."""
    if hasattr(error, "error_dict"):
        errors = [
            {"pointer": f"/{_escaped(name)}", "code": str(e.code), "detail": e.messages[0]}
            for name, found in error.error_dict.items()
            for e in found
        ]
        return _problem(400, "Some fields need another look.", errors)
    code = str(error.error_list[0].code)
    return _problem(_STATUS_OF_CODE.get(code, 400), error.messages[0])


def _field_errors(details: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Walk DRF's nested details down to the messages."""
    if isinstance(details, dict) and {"message", "code"} <= details.keys():
        yield {"pointer": pointer, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            step = "" if name == "non_field_errors" else f"/{_escaped(name)}"
            yield from _field_errors(inner, pointer + step)
    elif isinstance(details, list):
        for inner in details:
            yield from _field_errors(inner, pointer)


def _escaped(name: object) -> str:
    """A name or an index as a step of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def _problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> Response:
    body = document(status, detail) | ({"errors": errors} if errors else {})
    return Response(body, status=status, content_type=CONTENT_TYPE)


def document(status: int, detail: str) -> dict[str, Any]:
    """The members that every problem document has."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }


def json_problem(status: int, detail: str) -> JsonResponse:
    """A problem document outside of DRF: unknown addresses, outages."""
    return JsonResponse(document(status, detail), status=status, content_type=CONTENT_TYPE)


def not_found(request: HttpRequest) -> JsonResponse | HttpResponsePermanentRedirect:
    """The answer below /api/ to an address that is none: the way to the one with a slash, if that is one."""
    if not _is_there(request.path_info + "/"):
        return json_problem(404, "There is nothing at this address.")
    address = request.get_full_path(force_append_slash=True)
    if request.method in ("GET", "HEAD"):
        return HttpResponsePermanentRedirect(address)
    return json_problem(404, "There is nothing at this address. It ends with a slash.")


def _is_there(path: str) -> bool:
    return getattr(resolve(path).func, "__wrapped__", None) is not not_found
