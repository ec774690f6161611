"""The public pages of intake: the request form and the client's status page."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from accounts import private_links
from briefs import alternates, dates, geography
from briefs.models import Actor, Brief
from briefs.showing import RETRY_AFTER_SECONDS
from intake import (
    arriving,
    attribution,
    flood,
    form_page,
    plain_forms,
    provenance,
    sites,
    submission,
)
from intake.checked_forms import CheckedForm
from intake.form_fields import MOST_SLUGS, is_slug
from intake.forms import OPTIONAL, TYPED_OPTIONAL, RequestForm
from intake.models import ApiKey, Enquiry
from intake.sites import Site
from intake.uploading import SHOW_IN, TOO_MUCH, read_form

log = structlog.get_logger("derisk.intake")
_WORDS = ("full_name", "email", "needs", *TYPED_OPTIONAL)


# Exempt from CSRF: the page knows no session and no cookie, so there is nothing that a foreign page could borrow.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
@private_links.private
def request_form(request: HttpRequest) -> HttpResponse:
    """The form that asks how we can help; a request that was stored leads to its status page.

    It speaks the language of its address, else that of the website or the brief that it was opened from.
    """
    return answer(request, sites.of_address(request))


def answer(request: HttpRequest, site: Site) -> HttpResponse:
    """The form, empty or as it was sent, for the website that its address names."""
    brief = _brief(request.GET.get("brief", "")) if request.method != "POST" else None
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        of_site = site.key.language if site.key else ""
        language = of_site or (brief.language if brief else settings.LANGUAGE_CODE)
    if request.method == "POST":
        return site.dress(_receive(request, language, site))
    with translation.override(language):
        form = _empty_form(request.GET.get("brief", ""), brief, _came_by(request))
        status = 410 if site.is_framed and not site.may_go_on else 200
        return site.dress(_page(request, form, language, site, brief=brief, status=status))


def _came_by(request: HttpRequest) -> str:
    """Where the reader came from, for the form to carry: as an earlier page of ours had it, or as the address tells."""
    sealed = request.GET.get("came", "")
    came = attribution.unseal(sealed) if sealed else None
    referrer = request.headers.get("Referer", "")
    return attribution.seal(came or attribution.of_address(request.GET.dict(), referrer))


def _empty_form(slug: str = "", brief: Brief | None = None, came: str = "") -> RequestForm:
    taken_over = (
        {
            "countries_of_interest": [
                c for c in brief.countries if c in geography.AFRICAN_COUNTRIES
            ],
            "actors": list(_actors_of(brief)),
        }
        if brief
        else {}
    )
    return RequestForm.empty(slug, came, **taken_over)


def _receive(request: HttpRequest, language: str, site: Site) -> HttpResponse:
    back = partial(_sent_back, request, language, site)
    try:
        sent = read_form(request)
    except TOO_MUCH:
        return back(_empty_form(), status=413)
    if site.is_framed and not site.may_go_on:
        return back(RequestForm(*sent), status=410)
    if SHOW_IN in sent[0]:
        return _in_another_language(request, language, site, *sent)
    key = site.credited(request)
    if wait := flood.wait_for(request, key):
        return back(RequestForm(*sent), status=429, retry_after=int(wait) + 1)
    form = _checked(*sent, language)
    if isinstance(form, RequestForm):
        return back(form, status=400)
    try:
        receipt = _stored(request, form, language, key)
    except (OperationalError, InterfaceError, ValidationError) as error:
        log.error("request not stored", error=type(error).__name__)
        return back(RequestForm(*sent), status=503, retry_after=RETRY_AFTER_SECONDS)
    page = submission.status_path(receipt.token)
    if site.is_framed and key:
        page = reverse("intake:embedded_receipt", args=[receipt.token])
        page += alternates.language_query(language)
    return _SeeOther(page)


def _in_another_language(
    request: HttpRequest, language: str, site: Site, words: QueryDict, files: Any
) -> HttpResponse:
    """What was typed so far and what is wrong with it, in another language: nothing is stored or counts as a try.

    Consent was given to other words, so it is asked for in these; files are asked for again.
    """
    typed = words.copy()
    typed.pop("consent", None)
    form = RequestForm(typed, files, plain={"attachments": ()})
    with translation.override(language):
        return _page(request, form, language, site, status=400, answered=200)


def _checked(words: QueryDict, files: Any, language: str) -> CheckedForm | RequestForm:
    """The form in which all is right, else that which says what is wrong."""
    plain = plain_forms.plain_among(words)
    if not files and (whole := plain_forms.whole(words, plain)):
        return whole
    form = RequestForm(words, files, plain=plain)
    with translation.override(language):
        return form.checked if form.is_valid() else form


def _stored(
    request: HttpRequest, form: CheckedForm, language: str, key: ApiKey | None
) -> submission.Receipt:
    return submission.receive_enquiry(
        content=form.content,
        channel=Enquiry.Channel.FORM,
        idempotency_key=form.idempotency_key(key),
        page_language=language,
        arrival=arriving.by_form(request, **form.of_its_making(), site=key),
        provenance=_provenance(request, form, key),
    )


class _SeeOther(HttpResponseRedirect):
    """Leads to a page of ours, whose address Django's own would take apart and look through."""

    def __init__(self, path: str) -> None:
        HttpResponse.__init__(self, status=303, headers={"Location": path})


def _provenance(
    request: HttpRequest, form: CheckedForm, key: ApiKey | None
) -> provenance.Provenance:
    came = _came_with(request, form, key)
    if came is None:
        log.warning("attribution dropped")
        came = attribution.CameFrom()
    return provenance.of_request(request, as_sent=form.as_sent(), came=came, key=key)


def _came_with(
    request: HttpRequest, form: CheckedForm, key: ApiKey | None
) -> attribution.CameFrom | None:
    """What the form carries; a website's own form carries nothing, so its address tells. None when it was altered."""
    if form.came or key is None:
        return attribution.unseal(form.came)
    return attribution.of_address(request.GET.dict(), request.META.get("HTTP_REFERER", ""))


def _sent_back(
    request: HttpRequest,
    language: str,
    site: Site,
    form: RequestForm,
    *,
    status: int,
    retry_after: int = 0,
) -> HttpResponse:
    """The form with all that was typed, in the language of its page."""
    with translation.override(language):
        return _page(request, form, language, site, status=status, retry_after=retry_after)


def _page(
    request: HttpRequest,
    form: RequestForm,
    language: str,
    site: Site,
    *,
    brief: Brief | None = None,
    status: int = 200,
    answered: int = 0,
    retry_after: int = 0,
) -> HttpResponse:
    """The page for a form in this state, which is what is answered unless something else is given."""
    slug, came = (
        (form.data if form.is_bound else form.initial).get(name, "") for name in ("brief", "came")
    )
    if brief is None and form.is_bound and status != 503:
        brief = _brief(slug)
    form.offer_actors(_actors_of(brief) if brief else {})
    errors = form.errors if status == 400 else {}
    passed_on = form_page.CAME_GAP if came and attribution.unseal(came) else ""
    shell = form_page.Shell(
        language=language,
        status=status,
        base="intake/embedded_base.html" if site.is_framed else "base.html",
        action=_address(site, language),
        addresses=tuple(
            (code, _address(site, code, *(() if form.is_bound else (slug, passed_on))))
            for code, _ in settings.LANGUAGES
        ),
        brief=(brief.title, brief.get_absolute_url(), brief.language) if brief else None,
        taken_over=_taken_over(brief, language) if brief and not form.is_bound else "",
        is_bound=form.is_bound,
        has_words=form.is_bound and any(form.data.get(name) for name in _WORDS),
        is_optional_open=_is_optional_part_used(form, errors),
    )
    response = HttpResponse(form_page.page_of(shell, form, errors), status=answered or status)
    response["Content-Language"] = language
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def _address(site: Site, language: str, slug: str = "", came: str = "") -> str:
    """Where the form goes; one of a website that takes no more requests goes to our own."""
    may_go_on = site.may_go_on
    public_id = site.public_id if may_go_on else ""
    return _written_address(site.is_framed and may_go_on, public_id, language, slug, came)


@lru_cache(maxsize=256)
def _written_address(is_framed: bool, public_id: str, language: str, slug: str, came: str) -> str:
    query = {"language": language} | ({"brief": slug} if is_slug(slug, 200) else {})
    query |= {"key": public_id} if public_id else {}
    query |= {"came": came} if came else {}
    name = "intake:embedded" if is_framed else "intake:request"
    return f"{reverse(name)}?{urlencode(query)}"


def _taken_over(brief: Brief, language: str) -> SafeString:
    """The countries and actors that the form takes over from the brief, as a list in the language being spoken."""
    names = [
        geography.country_name(c, language)
        for c in brief.countries
        if c in geography.AFRICAN_COUNTRIES
    ]
    names += _actors_of(brief).values()
    return format_html_join(dates.comma(), "<bdi>{}</bdi>", ((name,) for name in names))


def _is_optional_part_used(form: RequestForm, errors: Mapping[str, Any]) -> bool:
    """Whether the folded part holds something typed or wrong, which must not be hidden."""
    typed = any(form.data.get(name) for name in TYPED_OPTIONAL) or bool(form.named_files())
    return form.is_bound and (typed or any(errors.get(name) for name in OPTIONAL))


def _brief(slug: str) -> Brief | None:
    """The public brief that the form was opened from, with its actors; the form works without it."""
    if not slug or not slug.isprintable():
        return None
    actors = Actor.objects.filter(briefs=OuterRef("pk")).order_by("name")
    pairs = ArraySubquery(actors.values(pair=JSONObject(slug="slug", name="name")))
    try:
        return Brief.objects.public().filter(slug=slug).annotate(actor_pairs=pairs).first()
    except (OperationalError, InterfaceError) as error:
        log.error("brief not found", error=type(error).__name__)
        return None


def _actors_of(brief: Brief) -> dict[str, str]:
    """Slug to name, as `_brief` fetched them."""
    pairs: list[dict[str, str]] = getattr(brief, "actor_pairs")  # noqa: B009 - an annotation
    return {pair["slug"]: pair["name"] for pair in pairs[:MOST_SLUGS]}
