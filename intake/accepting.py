"""What staff make of suggestions: accepted, one changes the lead; dropped, what it changed is taken back."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake import alarming, prioritising
from intake.catalogue import Language
from intake.models import Activity, Lead, NeedSuggestion, Priority
from intake.needs import Certainty, Kind

State = NeedSuggestion.State


@transaction.atomic
def accept_suggestion(*, suggestion: NeedSuggestion, by: User) -> NeedSuggestion:
    """Take a suggestion as true: a country, service or language goes onto the lead, an alarm makes it urgent.

    Of several that one passage may mean the others are dropped. Raises ValidationError(code="conflict") when it was
    accepted already, by whomever, or the lead is closed.
    """
    lead, suggestion = _locked(suggestion)
    _refuse_when(suggestion.state == State.ACCEPTED, f"“{suggestion.label}” was accepted already.")
    _put_on(lead, suggestion, by)
    _decide(suggestion, State.ACCEPTED, by)
    if suggestion.certainty == Certainty.AMBIGUOUS:
        for other in _alternatives(suggestion):
            _decide(other, State.DROPPED, by)
    return suggestion


@transaction.atomic
def drop_suggestion(*, suggestion: NeedSuggestion, by: User) -> NeedSuggestion:
    """Say that a suggestion is wrong or of no use; what accepting it put onto the lead is taken off again.

    A lead whose last word of duty of care is dropped is urgent no longer. Raises ValidationError(code="conflict") when
    it was dropped already, by whomever, or the lead is closed.
    """
    lead, suggestion = _locked(suggestion)
    _refuse_when(suggestion.state == State.DROPPED, f"“{suggestion.label}” was dropped already.")
    was_accepted = suggestion.state == State.ACCEPTED
    _decide(suggestion, State.DROPPED, by)
    if was_accepted:
        _take_off(lead, suggestion)
    if suggestion.kind == Kind.URGENCY:
        alarming.calm_down(lead, by)
    return suggestion


def _locked(suggestion: NeedSuggestion) -> tuple[Lead, NeedSuggestion]:
    # The lead first, as routing does; its row is what two decisions at once both change.
    lead = (
        Lead.objects.select_for_update(of=("self",))
        .select_related("enquiry__brief")
        .get(pk=suggestion.lead_id)
    )
    _refuse_when(lead.closed_at is not None, "This lead is closed.")
    return lead, NeedSuggestion.objects.select_for_update().get(pk=suggestion.pk)


def _refuse_when(applies: bool, text: str) -> None:
    if applies:
        raise ValidationError(text, code="conflict")


def _decide(suggestion: NeedSuggestion, state: NeedSuggestion.State, by: User) -> None:
    suggestion.state = state
    suggestion.decided_by = by
    suggestion.decided_at = timezone.now()
    suggestion.save(update_fields=["state", "decided_by", "decided_at"])
    kinds = Activity.Kind
    kind = kinds.SUGGESTION_ACCEPTED if state == State.ACCEPTED else kinds.SUGGESTION_DROPPED
    text = f"{suggestion.get_kind_display().capitalize()}: {suggestion.label}"
    Activity.objects.create(lead_id=suggestion.lead_id, kind=kind, text=text, by=by)


def _alternatives(suggestion: NeedSuggestion) -> list[NeedSuggestion]:
    others = NeedSuggestion.objects.select_for_update().filter(
        lead=suggestion.lead_id,
        kind=suggestion.kind,
        start=suggestion.start,
        end=suggestion.end,
        certainty=Certainty.AMBIGUOUS,
        state=State.OPEN,
    )
    return list(others.exclude(pk=suggestion.pk).order_by("pk"))


def _put_on(lead: Lead, suggestion: NeedSuggestion, by: User) -> None:
    value = suggestion.value
    if suggestion.kind == Kind.COUNTRY and value not in lead.countries:
        lead.countries.append(value)
    elif suggestion.kind == Kind.SERVICE and value not in lead.services:
        lead.services.append(value)
    elif suggestion.kind == Kind.LANGUAGE:
        lead.language = value
    lead.save(update_fields=["countries", "services", "language"])
    if suggestion.kind == Kind.URGENCY and lead.priority != Priority.URGENT:
        reason = alarming.reason_of(alarming.OF_TEXT, [suggestion.label])
        prioritising.set_priority(lead, Priority.URGENT, reason, by=by)


def _take_off(lead: Lead, suggestion: NeedSuggestion) -> None:
    """Undo what accepting did; what the client named stays."""
    enquiry, value = lead.enquiry, suggestion.value
    named = enquiry.countries_of_interest or (enquiry.brief.countries if enquiry.brief else [])
    if suggestion.kind == Kind.COUNTRY and value not in named:
        lead.countries = [code for code in lead.countries if code != value]
    elif suggestion.kind == Kind.SERVICE and value not in enquiry.services:
        lead.services = [slug for slug in lead.services if slug != value]
    elif suggestion.kind == Kind.LANGUAGE and lead.language == value:
        lead.language = enquiry.language or Language.ENGLISH
    lead.save(update_fields=["countries", "services", "language"])
