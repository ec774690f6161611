"""Addresses whose views fail, for the tests of what is logged and answered then."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

SECRET = "amina@client.example fears for her mine"


def fault(request: HttpRequest, **_: str) -> HttpResponse:
    """A fault of ours."""
    raise ValueError(SECRET)


def operational(request: HttpRequest) -> HttpResponse:
    """The database is away or too slow."""
    raise OperationalError(SECRET)


def interface(request: HttpRequest) -> HttpResponse:
    """The connection was closed under us."""
    raise InterfaceError(SECRET)


def fine(request: HttpRequest, **_: str) -> HttpResponse:
    """Nothing is wrong."""
    return HttpResponse("fine")


urlpatterns = [
    path("fault/<token>/", fault, name="fault"),
    path("fine/<token>/", fine, name="fine"),
    path("operational/", operational),
    path("api/operational/", operational),
    path("interface/", interface),
]
