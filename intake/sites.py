"""Other websites that show our form: framed in a page of theirs, or as a form of theirs that posts to ours."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from intake import keys
from intake.models import ApiKey


@dataclass(frozen=True)
class Site:
    """The website whose key the address of the form names, and whether the form stands in a frame of its page."""

    key: ApiKey | None = None
    is_framed: bool = False
    is_away: bool = False  # the database is: nobody knows whose key it is
    public_id: str = ""

    @property
    def is_open(self) -> bool:
        """Whether its key opens the form."""
        return self.key is not None and not keys.why_closed(self.key)

    @property
    def may_go_on(self) -> bool:
        """Whether what is typed is sent to the same address again: it is open, or may be when the database is back."""
        return self.is_open or self.is_away

    def credited(self, request: HttpRequest) -> ApiKey | None:
        """The key that a request counts for: not when another website's page sent it. It is kept in any case."""
        if self.key is None:
            return None
        # Browsers say null for pages that tell no referrer.
        origin = request.META.get("HTTP_ORIGIN", "null")
        known = {"null", settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}
        is_ours = origin in known or origin in self.key.origins
        return self.key if self.is_open and is_ours else None

    def dress(self, response: HttpResponse) -> HttpResponse:
        """Let the pages of its website, and nobody else's, frame this answer."""
        origins = self.key.origins if self.key else []
        if self.is_away:
            origins = [
                f"{urlsplit(settings.SITE_URL).scheme}:"
            ]  # what was typed must be seen again
        if self.is_framed and origins:
            response.xframe_options_exempt = True
            response._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]  # django-csp's
        return response


def of_address(request: HttpRequest, *, is_framed: bool = False) -> Site:
    """The site that `key` in the address names, in one statement when there is one; revoked ones too."""
    # With the prefix too: so the public part stands in calls to the API, and one page may hold both.
    named = request.GET.get("key")
    shown = keys.read(f"derisk_{named.removeprefix('derisk_')}") if named else None
    if shown is None or shown[1] is not None:
        return Site(is_framed=is_framed)
    try:
        return Site(keys.find(*shown), is_framed, public_id=shown[0])
    except (OperationalError, InterfaceError):
        return Site(is_framed=is_framed, is_away=True, public_id=shown[0])
