"""What staff typed outlives their session: who was logged out while a form was open logs in and sends it again.

The page that asks for the password carries the fields along, signed; nothing of it is stored. Files cannot come along,
passwords do not. So does the page that refuses a form from before a login in another tab.
"""

from typing import Any

from django.contrib import admin
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

FIELD = "kept"
_SALT = "config.staff_keeping"
_SECONDS = 3600
_LOGIN = "/staff/login/"
_MARK = (
    "csrfmiddlewaretoken"  # each form of ours has it; a script that was never logged in does not
)
_MOST = 1_000_000  # characters, signed: more than any form of ours holds


def with_login(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer; where it would send a form away to the login, the login itself, which keeps what was typed."""
    leads_to_login = response.get("Location", "").startswith(f"{_LOGIN}?")
    if not leads_to_login or request.path == _LOGIN or _MARK not in request.POST:
        return response
    kept = signing.dumps(typed(request), salt=_SALT, compress=True)
    if len(kept) > _MOST:
        return response
    form_class = admin.site.login_form
    assert form_class is not None
    context = admin.site.each_context(request) | {
        "title": "Log in",
        "form": form_class(request),
        "app_path": response["Location"],
        FIELD: kept,
    }
    return render(request, "admin/login.html", context, status=401)


def kept_in(request: HttpRequest) -> dict[str, Any] | None:
    """What the login carried along; None when that is nothing of ours, or an hour old."""
    try:
        found: dict[str, Any] = signing.loads(
            request.POST.get(FIELD, ""), salt=_SALT, max_age=_SECONDS
        )
    except signing.BadSignature:
        return None
    return found


def page_to_send_again(
    request: HttpRequest,
    kept: dict[str, Any],
    *,
    why: str = "You are logged in again.",
    status: int = 200,
) -> HttpResponse:
    """The fields as they were, behind one button."""
    words = [value for _, value in kept["fields"] if " " in value.strip()]
    context = admin.site.each_context(request) | kept
    context |= {"title": "Send it again", "why": why, "words": words}
    return render(request, "admin/send_again.html", context, status=status)


def typed(request: HttpRequest) -> dict[str, Any]:
    """What a form held, for the page that sends it again."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != _MARK and "password" not in name
    ]
    files = [file.name for name in request.FILES for file in request.FILES.getlist(name)]
    return {"address": request.get_full_path(), "fields": fields, "files": files}
