"""The client's private pages: where the request stands, and what they may do about it."""

import uuid
from datetime import date
from typing import Any

import structlog
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import private_links
from accounts.models import Erasure
from briefs import alternates
from briefs.showing import RETRY_AFTER_SECONDS, render_page
from intake import (
    acknowledging,
    after_sending,
    alarming,
    client_promise,
    flood,
    matching,
    misspelling,
    needs,
    proving,
    speaking,
    stages,
)
from intake.client_acts import ACTS
from intake.models import Attachment, Lead, Status
from intake.sent_answers import answers_of
from intake.uploading import SHOW_IN, TOO_MUCH, read_form
from mail import addresses
from mail.models import Message

log = structlog.get_logger("derisk.intake")


_PROVED = _("Thank you. Your request goes on now.")
_NOT_PROVED = _("That did not work, or took too long. Try once more.")


# Exempt from CSRF, which would answer a POST first and say that the sender is not trusted: nothing is taken here.
@csrf_exempt
@require_safe
@private_links.private
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Where the client's request stands; any link that is not exactly one of ours is the same 404."""
    lead = _lead_of(token)
    language = _language_of(request, lead)
    contact = after_sending.contact_of(lead)
    context = {
        **_sent(lead, language),
        **_standing(lead, contact.email, language),
        "token": token,
        "done": _done(request.GET.get("done", ""), lead),
        "lead": lead,
        "contact": contact,
        "meant": meant_by(lead, contact.email),
        **_taking_mail(lead, contact.email),
        "warn_in": warn_in(lead, language),
        "house": settings.HOUSE,
        "languages": _languages(request, language),
    }
    return render_page(request, "intake/status.html", context, language)


def _done(name: str, lead: Lead) -> Promise | str:
    """What the client has just done, in words; nothing that an address says and the database does not."""
    if name == "again":
        return _NOT_PROVED
    if name == "person":
        return _PROVED if hasattr(lead, "proof_of_work") else ""
    act = ACTS.get(name)
    return act.done if act and act.is_done(lead) else ""


def _sent(lead: Lead, language: str) -> dict[str, Any]:
    """What the client sent, then and later; in which language, where that is certain: a screen reader reads it so."""
    files = lead.enquiry.attachments.filter(addition=None).order_by("pk")
    return {
        "enquiry": lead.enquiry,
        "written_in": needs.language_of(lead.enquiry.needs),
        "answers": answers_of(lead.enquiry, language),
        "files": files.values_list("name", flat=True),
        "additions": lead.additions.order_by("pk").prefetch_related(
            Prefetch("attachments", Attachment.objects.defer("body"))
        ),
    }


def _standing(lead: Lead, email: str, language: str) -> dict[str, Any]:
    """How far it has come, what the client was promised, and until when something of it stays."""
    may_prove = proving.is_wanted(lead)
    working = matching.live(lead)
    is_offered = working.status == Status.PROPOSAL
    sent_at = client_promise.proposal_sent_at(working) if is_offered else None
    return {
        "stage": _stage_of(lead, may_prove=may_prove, is_ready=sent_at is not None),
        "challenge": proving.make_challenge(lead) if may_prove else "",
        "is_held_back": may_prove or lead.status == Status.QUARANTINED,
        "sent_at": sent_at,
        "promise": client_promise.promise_of(working, language),
        "is_closed": _is_closed(lead),
        "kept_until": _kept_until(lead),
        "is_before_the_answer": working.status in stages.BEFORE_THE_ANSWER,
        "mail": _mail_of(lead, working, email),
    }


def _taking_mail(lead: Lead, email: str) -> dict[str, Any]:
    """Whether mail to the client comes back, whether one was sent all the same, and whether one may be."""
    mark = addresses.mark_of(email)
    if mark is None:
        return {"comes_back": False}
    return {
        "comes_back": True,
        "is_tried": after_sending.has_tried(lead, mark)
        and not acknowledging.was_tried_in_vain(lead, email),
        "may_try": after_sending.may_try(lead, mark),
    }


def _languages(request: HttpRequest, language: str) -> list[alternates.Choice]:
    """This page in each language."""
    by_code = {code: f"{request.path}?language={code}" for code, _ in settings.LANGUAGES}
    return alternates.of_addresses(by_code, language)


def _mail_of(lead: Lead, working: Lead, email: str) -> Message | None:
    """The acknowledgement, asked for while the page tells of it: it is written after its request has an adviser."""
    if working.status != Status.ROUTED:
        return None
    return acknowledging.acknowledgement_of(lead, email)


def _kept_until(lead: Lead) -> date | None:
    """Until when something of an erased request stays."""
    if lead.erased_at is None:
        return None
    erasures = Erasure.objects.filter(references__contains=[lead.reference])
    newest = erasures.order_by("-made_at", "-pk").values_list("kept_until", flat=True)
    return newest.first()


def _is_closed(lead: Lead) -> bool:
    """Of a merged request, whether the one that does its work is; withdrawn it is for its client."""
    if lead.merged_into_id is None:
        return lead.closed_at is not None
    return matching.live(lead).closed_at is not None or after_sending.is_withdrawn(lead)


def _stage_of(lead: Lead, *, may_prove: bool, is_ready: bool) -> stages.Stage:
    """What the client is told of the status: of a merged request, that of the lead that does its work."""
    if after_sending.is_withdrawn(lead):
        return stages.WITHDRAWN
    if is_ready:
        return stages.READY
    return stages.STAGES[Status.QUARANTINED if may_prove else matching.live(lead).status]


def meant_by(lead: Lead, email: str) -> str:
    """The address that the client of a request that goes on probably meant; empty when there is no reason to ask."""
    meant = misspelling.likely_address(email)
    return meant if meant and not _is_closed(lead) else ""


def warn_in(lead: Lead, page_language: str) -> list[str]:
    """Languages in which to say that this is no emergency line: the client’s, the form’s and the page’s; or none."""
    enquiry = lead.enquiry
    if not alarming.is_alarming(lead):
        return []
    said = needs.language_of(enquiry.needs)
    spoken = (said, enquiry.language, enquiry.consent_language, page_language)
    return list(dict.fromkeys(code for code in spoken if code))


def _lead_of(token: str) -> Lead:
    """The lead of a private link; any that is not exactly one of ours is the same 404."""
    leads = Lead.objects.with_page_data().select_related("screening", "proof_of_work")
    leads = leads.defer("screening__items", "screening__text_bands")
    lead = leads.of_link(private_links.digest(token)).first()
    if lead is None:
        raise private_links.NoSuchLink
    return lead


def _language_of(request: HttpRequest, lead: Lead) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else speaking.language_for(lead.enquiry)


@csrf_exempt
@require_POST
@private_links.private
def prove(request: HttpRequest, token: str) -> HttpResponse:
    """Take the puzzle that the client's browser solved; right or wrong, it leads back to the status page."""
    lead = _lead_of(token)
    try:
        if flood.wait_for(request, None):
            raise ValidationError("Too many.", code="proof")
        proving.prove_person(lead=lead, payload=request.POST.get("altcha", ""))
        done = "person"
    except (ValidationError, *TOO_MUCH):
        done = "again"
    language = _language_of(request, lead)
    address = reverse("intake:status", args=[token])
    return HttpResponseRedirect(f"{address}?done={done}&language={language}", status=303)


# Exempt from CSRF: the secret in the address is the only credential, and no page but ours has it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_links.private
def act(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """The page of one thing that the client may do; done, it leads back to the status page."""
    lead = _lead_of(token)
    if name not in ACTS:
        raise Http404
    language = _language_of(request, lead)
    with translation.override(language):
        if request.method == "POST":
            return _do(request, token, name, lead, language)
        return _act_page(request, name, lead, token, language, _fresh(name, lead))


def _fresh(name: str, lead: Lead) -> forms.Form:
    initial = {"form_id": str(uuid.uuid4())}
    if name == "contact":
        initial |= vars(after_sending.contact_of(lead))
    return ACTS[name].form_class(initial=initial)


def _do(request: HttpRequest, token: str, name: str, lead: Lead, language: str) -> HttpResponse:
    try:
        form = ACTS[name].form_class(*read_form(request))
    except TOO_MUCH:
        return _act_page(request, name, lead, token, language, _fresh(name, lead), 413)
    if SHOW_IN in form.data:
        form.errors.pop("attachments", None)  # they are asked for again
        return _act_page(request, name, lead, token, language, form)
    status, retry_after = _taken(request, name, lead, form)
    if status != 303:
        return _act_page(request, name, lead, token, language, form, status, retry_after)
    address = reverse("intake:status", args=[token])
    return HttpResponseRedirect(f"{address}?done={name}&language={language}", status=303)


def _taken(request: HttpRequest, name: str, lead: Lead, form: forms.Form) -> tuple[int, int]:
    """Hand the form to its verb: the status of the answer, and in how many seconds to try again. Refusals are on it."""
    if wait := flood.wait_for(request, None):
        return 429, int(wait) + 1
    if not form.is_valid():
        return 400, 0
    try:
        ACTS[name].call(lead, form.cleaned_data)
    except (OperationalError, InterfaceError) as error:
        # Away, or another hand is on the lead for too long.
        log.error("database unavailable", error=type(error).__name__)
        return 503, RETRY_AFTER_SECONDS
    except ValidationError as error:
        is_of_a_field = error.code == "required"
        form.add_error("text" if is_of_a_field else None, error.messages[0])
        return (400 if is_of_a_field else 409), 0
    return 303, 0


def _act_page(
    request: HttpRequest,
    name: str,
    lead: Lead,
    token: str,
    language: str,
    form: forms.Form,
    status: int = 200,
    retry_after: int = 0,
) -> HttpResponse:
    context = {
        "act": ACTS[name],
        "is_answered": name == "erase" and (lead.erased_at or hasattr(lead, "erasure_request")),
        "lead": lead,
        "token": token,
        "form": form,
        "status": status,
        "is_closed": _is_closed(lead) and not ACTS[name].when_closed,
        "declines_instead": name == "withdraw" and after_sending.declines_instead(lead),
        "languages": _languages(request, language),
        "action": f"{request.path}?language={language}",
    }
    response = render_page(request, "intake/act.html", context, language, status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response
