"""The form in a frame of another website's page, and what the client sees there after sending."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts import private_links
from briefs import finding
from briefs.showing import render_page
from intake import after_sending, client_views, sites, views
from intake.models import Lead


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_links.private
def embedded_form(request: HttpRequest) -> HttpResponse:
    """The request form for a frame; only pages of the key's websites may hold it."""
    site = sites.of_address(request, is_framed=True)
    if site.key is None and not site.is_away:
        raise Http404
    return views.answer(request, site)


@require_safe
@private_links.private
def embedded_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The reference, and the way to the client's own page, which no frame may hold."""
    digest = private_links.digest(token)
    lead = Lead.objects.select_related("enquiry__api_key").of_link(digest).first()
    if lead is None or lead.enquiry.api_key is None:
        raise private_links.NoSuchLink
    contact = after_sending.contact_of(lead)
    language = finding.wish_from(request.GET).spoken
    context = {
        "lead": lead,
        "shown": format_html('<bdi class="reference">{}</bdi>', lead.reference),
        "token": token,
        "base": "intake/embedded_base.html",
        "contact": contact,
        "meant": client_views.meant_by(lead, contact.email),
        "warn_in": client_views.warn_in(lead, language),
    }
    response = render_page(request, "intake/embedded_receipt.html", context, language)
    return sites.Site(lead.enquiry.api_key, is_framed=True).dress(response)
