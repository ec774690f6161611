"""The client's pages. Reading never changes anything: mail scanners open links too."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts import private_links
from proposals import answering, presenting
from proposals.forms import AcceptForm, DeclineForm
from proposals.models import ClientLink

View = Callable[..., HttpResponse]


def for_client(view: View) -> View:
    """Give a view the link of its token, in the language of its version.

    Unknown, foreign and revoked tokens are the same 404.
    """

    @wraps(view)
    @private_links.private
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        link = answering.find_link(token)
        if link is None:
            raise private_links.NoSuchLink
        with translation.override(link.version.language):
            return view(request, link, token)

    return wrapped


@require_safe
@for_client
def page(request: HttpRequest, link: ClientLink, token: str) -> HttpResponse:
    """The proposal as it was sent, and where it stands."""
    return render(request, "proposals/page.html", _context(link, token))


@require_safe
@for_client
def document(request: HttpRequest, link: ClientLink, token: str) -> HttpResponse:
    """The PDF, byte for byte as it was rendered."""
    version = link.version
    name = f"{version.proposal.reference}-v{version.number}.pdf"
    response = HttpResponse(bytes(version.document.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# The two below are exempt from CSRF: the secret in the address is the only credential, and no page but ours has it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def accept(request: HttpRequest, link: ClientLink, token: str) -> HttpResponse:
    """Ask for name and consent, then accept."""
    initial = {"full_name": link.name, "content_sha256": link.version.content_sha256}
    form = AcceptForm(request.POST) if request.method == "POST" else AcceptForm(initial=initial)
    if not form.is_bound or not form.is_valid():
        return _form_page(request, link, token, form, "proposals/accept.html")
    try:
        answering.accept_version(link=link, token=token, signature=form.signature())
    except ValidationError as error:
        return _refused(request, link, token, form, error, "proposals/accept.html")
    return HttpResponseRedirect(reverse("proposals:page", args=[token]), status=303)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def decline(request: HttpRequest, link: ClientLink, token: str) -> HttpResponse:
    """Ask for the reason, then decline."""
    form = DeclineForm(request.POST) if request.method == "POST" else DeclineForm()
    if not form.is_bound or not form.is_valid():
        return _form_page(request, link, token, form, "proposals/decline.html")
    try:
        answering.decline_version(link=link, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        return _refused(request, link, token, form, error, "proposals/decline.html")
    return HttpResponseRedirect(reverse("proposals:page", args=[token]), status=303)


def _context(link: ClientLink, token: str) -> dict[str, Any]:
    version = link.version
    content = json.loads(version.content)
    acceptance = getattr(version, "acceptance", None)
    return {
        "token": token,
        "link": link,
        "version": version,
        "content": content,
        "shown": presenting.present(content),
        "acceptance": acceptance,
        "confirmation": answering.confirmation_of(version) if acceptance else None,
    }


def _form_page(
    request: HttpRequest,
    link: ClientLink,
    token: str,
    form: AcceptForm | DeclineForm,
    template: str,
) -> HttpResponse:
    if not link.version.is_open:
        return render(request, "proposals/page.html", _context(link, token), status=409)
    status = 400 if form.is_bound else 200
    return render(request, template, _context(link, token) | {"form": form}, status=status)


def _refused(
    request: HttpRequest,
    link: ClientLink,
    token: str,
    form: AcceptForm | DeclineForm,
    error: ValidationError,
    template: str,
) -> HttpResponse:
    if hasattr(error, "error_dict"):
        form.add_error(None, error)
        return _form_page(request, link, token, form, template)
    link.version.refresh_from_db()
    context = _context(link, token) | {"refusal": error.messages[0]}
    return render(request, "proposals/page.html", context, status=409)
