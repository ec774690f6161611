"""The pages by which readers ask for mail, confirm it, change it and end it. Nothing here happens by looking at a page.

Exempt from CSRF: these pages know no session and no cookie, so there is nothing that a foreign page could borrow.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts import flood
from accounts.private_links import private
from briefs import finding, following, subscribing
from briefs.finding import Wish
from briefs.models import Frequency, Subscriber, Subscription
from briefs.showing import RETRY_AFTER_SECONDS, render_page
from briefs.subscription_forms import SubscribeForm

asking = flood.Flood(per_address=10, over_all=300, window=60.0)
LARGEST_BODY = 100_000
_FOLLOWED = ("q", "country", "actor", "topic")
_methods = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt
@_methods
@private
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form, for what the address of the page names; whoever sends it is thanked alike, known or not."""
    if request.method != "POST":
        wish = finding.wish_from(request.GET)
        initial = {
            "mail_language": wish.spoken,
            "frequency": Frequency.IMMEDIATE,
            "languages": request.GET.getlist("only")[:1],
        }
        return _form_page(request, SubscribeForm(initial=initial), request.GET)
    return _receive(request)


def _receive(request: HttpRequest) -> HttpResponse:
    try:
        form = SubscribeForm(_posted(request))
    except RequestDataTooBig:
        return _form_page(request, SubscribeForm(), QueryDict(), status=413)
    wait = asking.wait(flood.address_of(request)) if settings.THROTTLE else 0
    if wait:
        return _form_page(request, form, request.POST, status=429, retry_after=int(wait) + 1)
    if not form.is_valid():
        return _form_page(request, form, request.POST, status=400)
    try:
        subscribing.ask_for_subscription(
            wish=subscribing.followed(finding.wish_from(request.POST)),
            is_suspect=form.is_filled_by_machine(),
            **form.chosen(),
        )
    except (OperationalError, InterfaceError):
        return _form_page(request, form, request.POST, status=503, retry_after=RETRY_AFTER_SECONDS)
    language = form.cleaned_data["mail_language"]
    address = reverse("briefs:subscribe-thanks") + f"?language={language}"
    return HttpResponseRedirect(address, status=303)


def _posted(request: HttpRequest) -> QueryDict:
    """What was sent; raises RequestDataTooBig."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > 12 or int(length) > LARGEST_BODY:
        raise RequestDataTooBig
    return request.POST


def _form_page(
    request: HttpRequest,
    form: SubscribeForm,
    said: QueryDict,
    *,
    status: int = 200,
    retry_after: int = 0,
) -> HttpResponse:
    asked = finding.wish_from(said)
    language = _spoken(form, asked)
    context: dict[str, Any] = {"form": form, "status": status, "language": language}
    try:
        wish = asked if status == 503 else subscribing.followed(asked)
        context["followed"] = {
            name: getattr(wish, name) for name in _FOLLOWED if getattr(wish, name)
        }
        context["label"] = following.label_of(wish, language)
        context["ignored"] = [
            f"{name}={getattr(asked, name)}"
            for name in (*_FOLLOWED, "language")
            if getattr(asked, name) != getattr(wish, name)
        ]
    except (OperationalError, InterfaceError):
        context["followed"] = {name: getattr(asked, name) for name in _FOLLOWED}
    response = render_page(request, "briefs/subscribe.html", context, language, status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def _spoken(form: SubscribeForm, wish: Wish) -> str:
    """The page's language: as asked by its address or, when it comes back, as the form was."""
    given = form.data.get("language", "") if form.is_bound else wish.language
    return given if given in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@require_safe
@private
def thanks(request: HttpRequest) -> HttpResponse:
    """What happens next, the same for everybody."""
    language = finding.wish_from(request.GET).spoken
    return render_page(request, "briefs/subscribe_thanks.html", {}, language)


@csrf_exempt
@_methods
@private
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button that begins a subscription: programs that look into mails follow links, but press no buttons."""
    subscription = subscribing.subscription_of(token)
    if subscription is None:
        raise Http404
    language = subscription.language
    problem = ""
    if request.method == "POST":
        try:
            subscribing.confirm_subscription(subscription=subscription)
        except ValidationError as error:
            problem = error.code or ""
        else:
            address = subscribing.manage_url(subscription.subscriber) + "?begun=yes"
            return HttpResponseRedirect(address.removeprefix(settings.SITE_URL), status=303)
    elif subscription.state == Subscription.State.ENDED:
        problem = "ended"
    elif subscription.state == Subscription.State.PENDING and subscription.is_link_expired:
        problem = "expired"
    context = {
        "subscription": subscription,
        "label": following.label_of(subscription, language),
        "problem": problem,
        "again": {name: getattr(subscription, name) for name in _FOLLOWED},
    }
    status = 410 if problem else 200
    return render_page(request, "briefs/subscribe_confirm.html", context, language, status)


@csrf_exempt
@_methods
@private
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """All that one address follows, to change and to end."""
    subscriber = _reader(token)
    done = "begun" if request.GET.get("begun") else ""
    if request.method == "POST":
        try:
            done = _change(subscriber, request.POST)
        except ValidationError:
            return _manage_page(request, subscriber, token, "nothing", status=400)
    return _manage_page(request, subscriber, token, done)


def _change(subscriber: Subscriber, said: QueryDict) -> str:
    """Do the one thing that a button of the page asks for; say what. Raises ValidationError when there is none such."""
    if said.get("all"):
        subscribing.end_subscriptions(subscriber=subscriber)
        return "ended"
    if language := said.get("mail_language"):
        subscribing.change_language(subscriber=subscriber, language=language)
        subscriber.refresh_from_db()
        return "changed"
    key = said.get("end") or said.get("change") or ""
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise ValidationError("No such button.", code="unknown")
    subscription = subscriber.subscriptions.standing().filter(pk=int(key)).first()
    if said.get("end"):
        subscribing.end_subscriptions(subscriber=subscriber, only=int(key))
        return "ended_one"
    if subscription is None:
        raise ValidationError("No such subscription.", code="unknown")
    subscribing.change_subscription(subscription=subscription, frequency=said.get("frequency", ""))
    return "changed"


def _manage_page(
    request: HttpRequest, subscriber: Subscriber, token: str, done: str, status: int = 200
) -> HttpResponse:
    language = subscriber.language
    rows = subscriber.subscriptions.confirmed().order_by("pk")
    context = {
        "rows": [(row, following.label_of(row, language)) for row in rows],
        "subscriber": subscriber,
        "token": token,
        "done": done,
        "frequencies": Frequency,
        "mail_languages": settings.LANGUAGES,
    }
    return render_page(request, "briefs/subscriptions.html", context, language, status)


@csrf_exempt
@_methods
@private
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End all that an address follows. Mail programs post here by themselves (RFC 8058), people press the button."""
    subscriber = _reader(token)
    if request.method == "POST":
        subscribing.end_subscriptions(subscriber=subscriber)
    context = {
        "subscriber": subscriber,
        "token": token,
        "is_done": not subscriber.subscriptions.standing().exists(),
    }
    return render_page(request, "briefs/unsubscribe.html", context, subscriber.language)


def _reader(token: str) -> Subscriber:
    subscriber = subscribing.subscriber_of(token)
    if subscriber is None:
        raise Http404
    return subscriber
