"""Where mail providers tell us what came of a message."""

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mail import arrivals, providers

log = structlog.get_logger("derisk.mail")


# Exempt from CSRF: a provider has no cookie of ours; it signs what it sends or knows a password.
@csrf_exempt
@never_cache
@require_http_methods(["POST", "HEAD"])
def events(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep what a provider tells us. 403 without its signature, 400 for what cannot be read; nothing is kept then.

    Any other failure is a 5xx, after which providers send it again.
    """
    if provider not in settings.MAIL_EVENTS:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()  # some ask so whether the address is there
    view = providers.events_view(provider)
    try:
        view.run_validators(request)
    except Exception as error:  # noqa: BLE001 - whatever the check cannot cope with is not signed
        log.warning("mail event refused", provider=provider, error=type(error).__name__)
        return HttpResponse("The signature is missing or wrong.\n", "text/plain", 403)
    try:
        told = arrivals.read_events(view, request)
    except Exception as error:  # noqa: BLE001 - Anymail fails in many ways on what is not an event
        log.warning("mail event not understood", provider=provider, error=type(error).__name__)
        return HttpResponse("This cannot be read as events.\n", "text/plain", 400)
    arrivals.record_events(provider=provider, told=told)
    return HttpResponse()
