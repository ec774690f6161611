"""The WSGI application that granian serves."""

import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.http import QueryDict

from config import chunked, header_parameters
from config.whole_bodies import WholeBody

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


_NO_QUERY = QueryDict("", encoding="utf-8")


class Utf8Request(WSGIRequest):
    """A request that is UTF-8, whatever its sender calls it.

    Django takes any codec that Python knows, also those that are none for text, such as "hex": then reading the
    address or the body fails, in part before any view or middleware could answer.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(chunked.tell_length(header_parameters.drop_starred(environ)))
        if not chunked.is_beginning(self.environ):
            of_django: Any = self  # what it keeps of a body is not in its stubs
            of_django._stream = WholeBody(self.environ["wsgi.input"], of_django._stream.limit)
        if not environ.get("QUERY_STRING"):
            self.__dict__["GET"] = _NO_QUERY  # which Django would make at the first look

    def close(self) -> None:
        """Called when the answer has left."""
        super().close()
        chunked.forget(self.environ)

    @property
    def encoding(self) -> str | None:
        return None

    @encoding.setter
    def encoding(self, value: Any) -> None:
        """Not taken."""


_django = get_wsgi_application()
_django.request_class = Utf8Request

from config import large_pages  # noqa: E402
from config.page_cache import PageCache  # noqa: E402  # it reads settings, which are there by now
from config.short_way import ShortWay  # noqa: E402
from config.trails import Trails  # noqa: E402
from config.warming import warm  # noqa: E402

warm(_django)
large_pages.gather()
application = ShortWay(Trails(PageCache(_django)), Utf8Request)
