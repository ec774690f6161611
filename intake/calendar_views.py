"""The calendar that an adviser's other programs read by a private link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts import private_links
from intake import calendar_feed


@require_safe
@private_links.private
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of whoever the link belongs to; 404 when it is nobody's."""
    adviser = calendar_feed.owner_of(token)
    if adviser is None:
        raise Http404
    response = HttpResponse(
        calendar_feed.as_ical(adviser), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="derisk.ics"'
    return response
