"""The public pages of intake: the request form and the client's status page."""

import uuid

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts import private_links
from accounts.flood import address_of
from briefs.models import Brief
from intake import flood, needs, stages, submission
from intake.forms import OPTIONAL, TYPED_OPTIONAL, RequestForm
from intake.models import Enquiry, Lead, Priority

log = structlog.get_logger("derisk.intake")
RETRY_AFTER_SECONDS = 30
# Three files of 10 MB, the texts, and what surrounds them. More is not read, since files are written to disk.
LARGEST_BODY = 32 * 1024 * 1024


# Exempt from CSRF: the page knows no session and no cookie, so there is nothing that a foreign page could borrow.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_links.private
def request_form(request: HttpRequest) -> HttpResponse:
    """The form that asks how we can help; a request that was stored leads to its status page."""
    if request.method == "POST":
        return _receive(request)
    slug = request.GET.get("brief", "")
    return _page(request, _empty_form(slug), slug=slug)


def _empty_form(slug: str = "") -> RequestForm:
    return RequestForm(initial={"brief": slug, "form_id": str(uuid.uuid4())})


def _receive(request: HttpRequest) -> HttpResponse:
    try:
        form = _sent_form(request)
    except (RequestDataTooBig, TooManyFilesSent):
        return _page(request, _empty_form(), status=413)
    wait = flood.enquiries.wait(address_of(request)) if settings.THROTTLE else 0
    if wait:
        return _page(request, form, status=429, retry_after=int(wait) + 1)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        receipt = submission.receive_enquiry(
            content=form.content(),
            channel=Enquiry.Channel.FORM,
            idempotency_key=form.idempotency_key(),
        )
    except (OperationalError, InterfaceError, ValidationError) as error:
        log.error("request not stored", error=type(error).__name__)
        return _page(request, form, status=503, retry_after=RETRY_AFTER_SECONDS)
    return HttpResponseRedirect(reverse("intake:status", args=[receipt.token]), status=303)


def _sent_form(request: HttpRequest) -> RequestForm:
    """What was sent; raises RequestDataTooBig or TooManyFilesSent."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > 12 or int(length) > LARGEST_BODY:
        raise RequestDataTooBig
    return RequestForm(request.POST, request.FILES)


def _page(
    request: HttpRequest,
    form: RequestForm,
    *,
    slug: str = "",
    status: int = 200,
    retry_after: int = 0,
) -> HttpResponse:
    slug = slug or (form.data.get("brief", "") if form.is_bound else "")
    brief = _brief(slug) if status != 503 else None
    context = {
        "form": form,
        "brief": brief,
        "status": status,
        "optional_open": _is_optional_part_used(form),
    }
    response = render(request, "intake/request.html", context, status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def _is_optional_part_used(form: RequestForm) -> bool:
    """Whether the folded part holds something typed or wrong, which must not be hidden."""
    typed = any(form.data.get(name) for name in TYPED_OPTIONAL)
    return form.is_bound and (typed or any(form.errors.get(name) for name in OPTIONAL))


def _brief(slug: str) -> Brief | None:
    """The public brief that the form was opened from, if there is one; the form works without it."""
    if not slug or not slug.isprintable():
        return None
    try:
        return Brief.objects.public().filter(slug=slug).first()
    except (OperationalError, InterfaceError) as error:
        log.error("brief not found", error=type(error).__name__)
        return None


@require_safe
@private_links.private
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Where the client's request stands; any link that is not exactly one of ours is the same 404."""
    lead = Lead.objects.with_page_data().filter(link_digest=private_links.digest(token)).first()
    if lead is None:
        raise Http404
    context = {
        "lead": lead,
        "enquiry": lead.enquiry,
        "files": lead.enquiry.attachments.order_by("pk").values_list("name", flat=True),
        "stage": stages.STAGES[lead.status],
        "warn_in": _warn_in(lead),
    }
    return render(request, "intake/status.html", context)


def _warn_in(lead: Lead) -> list[str]:
    """Languages in which to say that this is no emergency line: the client's and the page's; none without need.

    By the text itself as long as no worker has read it; then by what was found and staff left of it.
    """
    enquiry = lead.enquiry
    is_read = lead.needs_read_by > 0
    if not (
        lead.priority == Priority.URGENT if is_read else needs.needs_urgent_help(enquiry.needs)
    ):
        return []
    spoken = (needs.language_of(enquiry.needs), enquiry.language, get_language())
    return list(dict.fromkeys(code for code in spoken if code))
