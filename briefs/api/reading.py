"""What every address of the reading API has in common: GET, HEAD and OPTIONS from anywhere, validators, limits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import APIException, NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from briefs import conditional
from briefs.api import media, parameters, throttle

REFUSALS: dict[int, None] = dict.fromkeys((400, 406, 429, 503))
REFUSALS_OF_ONE: dict[int, None] = dict.fromkeys((400, 404, 406, 410, 429, 503))
REFUSALS_OF_SUBJECT: dict[int, None] = dict.fromkeys((400, 404, 406, 429, 503))
_METHODS = "GET, HEAD, OPTIONS"


class Withdrawn(APIException):
    """A brief that readers saw and that was taken back; the detail is the reason."""

    status_code = 410


class _OneAnswer(BaseContentNegotiation):
    """There is one representation at each address; refusals are sent to whoever asks."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ReadView(APIView):
    """A public read. Subclasses name the parameters that they take and write `get`."""

    media_type: ClassVar[str] = "application/json"
    throttle_classes = [throttle.ReadThrottle]
    content_negotiation_class = _OneAnswer
    http_method_names = ["get", "head", "options"]
    takes: ClassVar[Sequence[parameters.Parameter]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read the query before anything else; BadQuery names all that is wrong with it."""
        super().initial(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD"):
            return
        if not media.is_wanted(request.headers.get("Accept", ""), self.media_type):
            raise NotAcceptable(f"Here is {self.media_type}, and nothing else: accept that.")
        self.query = parameters.read_query(request.query_params, self.takes)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """What a browser asks before it reads from another site."""
        headers = {
            "Allow": _METHODS,
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
            "Access-Control-Max-Age": "86400",
        }
        return Response(status=204, headers=headers)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let any site read the answer: nothing here depends on who asks."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Retry-After"
        patch_vary_headers(response, ["Accept"])
        return response

    def answer(self, data: Any, changed_at: datetime | None = None) -> HttpResponse:
        """The data with its validators, or 304."""
        return self.answer_made(self.written(data), changed_at)

    def written(self, data: Any) -> bytes:
        """The data as it is sent."""
        body: bytes = JSONRenderer().render(data)
        return body

    def answer_made(self, body: bytes, changed_at: datetime | None = None) -> HttpResponse:
        """What was written with its validators, or 304."""
        response = HttpResponse(body, content_type=self.media_type)
        return conditional.answer(_plain(self.request), response, changed_at)


def _plain(request: Any) -> HttpRequest:
    found: HttpRequest = request._request
    return found
