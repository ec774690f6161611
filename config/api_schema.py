"""What the OpenAPI document says of errors: every refusal of every address is a problem document."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

_TEXT = {"type": "string"}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "How to mend it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "Where in the body, as a JSON pointer.",
                    },
                    "parameter": {
                        "type": "string",
                        "description": "Which parameter of the query, in place of a pointer.",
                    },
                    "code": {"type": "string", "description": "For machines."},
                    "detail": {"type": "string", "description": "For people."},
                },
            },
        },
    },
}
_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_MEANINGS = {
    "400": "Something in the query, the body or a header needs another look; `errors` says what.",
    "401": "The key is wrong, expired or revoked; nothing was stored.",
    "403": "The key has no leave to do this.",
    "404": "There is nothing here.",
    "406": "Accept the media type that this address has.",
    "409": "The same request is being stored right now, or the state has moved on.",
    "410": "The brief was withdrawn; `detail` says why.",
    "413": "The body is too large.",
    "415": "Send application/json, or multipart/form-data with files.",
    "422": "The Idempotency-Key came with another body before.",
    "429": "Too many requests; Retry-After says when to try again.",
    "503": "The database is away; nothing was stored. Retry-After says when to try again.",
}


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's hook: give each 4xx and 5xx answer its meaning and its shape."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    for methods in result["paths"].values():
        for operation in methods.values():
            for status, response in operation.get("responses", {}).items():
                if status in _MEANINGS:
                    response["description"] = _MEANINGS[status]
                    response["content"] = _CONTENT
    return result


class DocsView(SpectacularSwaggerSplitView):
    """The documentation page. Its script gets no CSRF token: nobody logs in here, and a token is a cookie."""

    http_method_names = [
        "get",
        "head",
    ]  # what DRF says of itself on OPTIONS has no page to stand on

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The page, or with `script` its script."""
        response: Response = super().get(request, *args, **kwargs)
        response.data["csrf_token"] = ""  # nosec B105  # none at all
        return response
