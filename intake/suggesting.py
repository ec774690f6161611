"""What the words of a request suggest, read once for each version of the rules, and what staff make of it.

Suggestions never decide. Those that staff accept change the lead; routing looks at open ones only where the client
named nothing. Words of duty of care make a lead urgent at once: waiting for a person could cost what they are about.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import get_language

from accounts.later import Later
from accounts.many import Many
from accounts.models import User
from briefs import geography, prepared
from intake import deadlines, matching, needs, prioritising
from intake.catalogue import Language, Service, Timeframe
from intake.models import Activity, Lead, NeedSuggestion, Priority, Status
from intake.models.adviser import OPEN_STATUSES
from intake.needs import Alarm, Certainty, Finding, Kind, gazetteer
from jobs import queue

State = NeedSuggestion.State
_READ_AGAIN_FOR = timedelta(days=90)
_READ_BY_ITSELF = timedelta(hours=1)
_READ_AT_ONCE = 500
_OF_TEXT = "Words of duty of care"
_OF_ADDITION = "Words of duty of care that the client added"
_MOST_OF_A_PART = 160  # of a reason, so that the part's reference is not cut off it


@transaction.atomic
def read_leads(*, lead_ids: Collection[int]) -> None:
    """Read the texts of those leads that these rules have not read, and lock those. Many take the statements of one,
    but for what is urgent; one statement when these rules have read all.
    """
    given = {"pks": prepared.listed(lead_ids), "version": str(needs.VERSION)}
    suggestions_of_each(_UNREAD.read(**given).objects())


def _unread(pks: str, version: str) -> QuerySet[Lead]:
    older = "intake_lead.needs_read_by < %s::smallint"
    is_unread = RawSQL(older, [version], output_field=BooleanField())  # noqa: S611  # nosec B611
    rows = Lead.objects.filter(prepared.among("intake_lead.id", pks), is_unread)
    return rows.select_related("enquiry").select_for_update(of=("self",)).order_by("pk")


_UNREAD = prepared.Prepared(_unread, pks=prepared.NUMBERS, version="a version as an example")


@transaction.atomic
def read_lead(*, lead_id: int) -> list[NeedSuggestion]:
    """The open suggestions of a lead, whose text is read now unless these rules have read it. Locks the lead."""
    lead = Lead.objects.select_for_update(of=("self",)).select_related("enquiry").get(pk=lead_id)
    suggestions_of(lead)
    return list(lead.suggestions.filter(state=State.OPEN).order_by("pk"))


def is_alarming(lead: Lead) -> bool:
    """Whether a request speaks of danger: by the text itself as long as no worker has read it; then by what was found
    and staff left of it.
    """
    if lead.needs_read_by:
        return lead.priority == Priority.URGENT
    return needs.needs_urgent_help(lead.enquiry.needs)


class Said(NamedTuple):
    """What is stored of something that was found just now."""

    lead_id: int
    kind: Kind
    value: str
    label: str
    start: int
    end: int
    passage: str
    rule: str
    certainty: Certainty
    rules_version: int


def suggestions_of(lead: Lead) -> Sequence[NeedSuggestion | Said]:
    """The open suggestions of a lead that the caller has locked, with its enquiry; read now when that was not done."""
    return suggestions_of_each([lead])[lead.pk]


def suggestions_of_each(leads: Sequence[Lead]) -> dict[int, Sequence[NeedSuggestion | Said]]:
    """The same of many leads, by lead, in as many statements as for one.

    Another version of the rules adds what it finds; what is there stays as staff left it.
    """
    later = Later()
    unread = [lead.pk for lead in leads if lead.needs_read_by < needs.VERSION]
    found = read_later(leads, later)
    if unread:
        later.add(_MARK, {"pks": unread, "version": needs.VERSION})
    later.send()
    return found


def read_later(leads: Sequence[Lead], later: Later) -> dict[int, Sequence[NeedSuggestion | Said]]:
    """The same; what was read now is stored `later`, and the leads' `needs_read_by` by the caller."""
    found = _read([lead for lead in leads if lead.needs_read_by < needs.VERSION], later)
    return {**_open_ones([lead.pk for lead in leads if lead.pk not in found]), **found}


def _open_ones(lead_ids: Sequence[int]) -> dict[int, list[NeedSuggestion]]:
    found: dict[int, list[NeedSuggestion]] = {pk: [] for pk in lead_ids}
    if found:
        for one in NeedSuggestion.objects.filter(lead__in=lead_ids, state=State.OPEN):
            found[one.lead_id].append(one)
    return found


def _read(leads: Sequence[Lead], later: Later) -> dict[int, list[Said]]:
    """Read what these rules have not; of leads that none had read, what was found."""
    if not leads:
        return {}
    known = _known([lead.pk for lead in leads if lead.needs_read_by])
    gaz = gazetteer.current()
    language = get_language()
    made = {
        lead.pk: [
            _said(lead, one, language)
            for one in needs.read_needs(lead.enquiry.needs, gaz)
            if (lead.pk, one.kind, one.value) not in known
        ]
        for lead in leads
    }
    _MADE.store_later([one._asdict() for ones in made.values() for one in ones], later)
    new = {lead.pk: made[lead.pk] for lead in leads if not lead.needs_read_by}
    for lead in leads:
        lead.needs_read_by = needs.VERSION
        alarms = [one.label for one in made[lead.pk] if one.kind == Kind.URGENCY]
        _raise_priority(lead, _OF_TEXT, alarms)
    return new


_MADE = Many(NeedSuggestion, Said._fields)
_MARK = prepared.Statement.written(
    "UPDATE intake_lead SET needs_read_by = %(version)s WHERE id = ANY(%(pks)s::bigint[]) RETURNING id"
)


def _known(lead_ids: Sequence[int]) -> set[tuple[int, str, str]]:
    if not lead_ids:
        return set()
    rows = NeedSuggestion.objects.filter(lead__in=lead_ids)
    return set(rows.values_list("lead", "kind", "value"))


def _said(lead: Lead, finding: Finding, language: str | None) -> Said:
    return Said(
        lead_id=lead.pk,
        kind=finding.kind,
        value=finding.value[:120],
        label=label_of(finding, language)[:200],
        start=finding.start,
        end=finding.end,
        passage=lead.enquiry.needs[finding.start : finding.end],
        rule=finding.rule,
        certainty=finding.certainty,
        rules_version=needs.VERSION,
    )


def label_of(finding: Finding, language: str | None) -> str:
    """What staff call the thing that was found; actors and places bring their names. `language` is that spoken here,
    in which some are called.
    """
    return finding.name or _word_for(finding.kind, finding.value, language)


@lru_cache(maxsize=512)
def _word_for(kind: Kind, value: str, language: str | None) -> str:
    match kind:
        case Kind.COUNTRY:
            return geography.country_name(value, "en")
        case Kind.LANGUAGE:
            return str(Language(value).label)
        case Kind.SERVICE:
            return str(Service(value).label)
        case Kind.TIMEFRAME:
            return str(Timeframe(value).label)
        case Kind.URGENCY:
            return str(Alarm(value).label)
    return ""


def heed_addition(lead: Lead, text: str) -> None:
    """Words of duty of care in what the client added later make an open lead urgent too, of a merged one that which
    does its work; the caller has locked them.

    They are no suggestion to drop: these tell of the request's own text. One that is urgent stays so when those are.
    """
    kinds = dict.fromkeys(needs.alarms_of(text))
    alarms = [_word_for(Kind.URGENCY, kind, get_language()) for kind in kinds]
    if alarms and lead.priority == Priority.URGENT:
        prioritising.set_reason(lead, _reason(_OF_ADDITION, alarms))
    _raise_priority(lead, _OF_ADDITION, alarms)


def _raise_priority(lead: Lead, what: str, alarms: Sequence[str]) -> None:
    """Of a merged request, whose words stay its own, and of all that it was merged into."""
    if not alarms or matching.live(lead).closed_at:
        return
    for one in matching.chain(lead):
        reason = _reason(what, alarms)
        if one is not lead:
            reason = _of_part(reason, lead)
            one = Lead.objects.select_for_update().get(pk=one.pk)
        if one.priority != Priority.URGENT:
            prioritising.set_priority(one, Priority.URGENT, reason, by=None)


def _of_part(reason: str, part: Lead) -> str:
    """Why a lead is urgent because a part of it is."""
    return f"{reason[:_MOST_OF_A_PART]}, in {part.reference}"


@transaction.atomic
def part(*, lead: Lead, other: Lead, by: User) -> None:
    """Take back that words of `other`, or of what is part of it, made the lead urgent, which is apart from them again,
    unless something else speaks for it. Locks the lead.
    """
    lead = deadlines.locked(lead.pk)
    theirs = tuple(_of_part("", one) for one in matching.family(other))
    if not lead.priority_reason.endswith(theirs):
        return
    if reason := _why_urgent(lead):
        prioritising.set_reason(lead, reason)
    else:
        text = f"{other.reference} is apart from this one again"
        prioritising.set_priority(lead, Priority.NORMAL, text, by=by)


def _why_urgent(lead: Lead) -> str:
    """What makes a lead urgent of what is part of it, of what its client added and of its own words; "" for nothing."""
    if other := _urgent_parts(lead).first():
        return _of_part(other.priority_reason, other)
    texts = lead.additions.order_by("pk").values_list("text", flat=True)
    if kinds := dict.fromkeys(kind for text in texts for kind in needs.alarms_of(text)):
        alarms = [_word_for(Kind.URGENCY, kind, get_language()) for kind in kinds]
        return _reason(_OF_ADDITION, alarms)
    labels = _alarms_left(lead).order_by("pk").values_list("label", flat=True)
    return _reason(_OF_TEXT, list(labels)) if labels else ""


def _urgent_parts(lead: Lead) -> QuerySet[Lead]:
    return Lead.objects.filter(merged_into=lead, priority=Priority.URGENT).order_by("pk")


def _alarms_left(lead: Lead) -> QuerySet[NeedSuggestion]:
    return lead.suggestions.filter(kind=Kind.URGENCY).exclude(state=State.DROPPED)


def _reason(what: str, alarms: Sequence[str]) -> str:
    """In the words of the rules, not the client's: the timeline is read by more people than the text."""
    return f"{what}: " + ", ".join(label.lower() for label in alarms)


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
        _calm_down(lead, by)
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
        reason = _reason(_OF_TEXT, [suggestion.label])
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


def _calm_down(lead: Lead, by: User) -> None:
    """Unless something else than these words made it urgent: what the client added, what is part of it, or staff."""
    if not lead.priority_reason.startswith(f"{_OF_TEXT}:") or _alarms_left(lead).exists():
        return
    if not _urgent_parts(lead).exists():
        prioritising.set_priority(lead, Priority.NORMAL, "No words of duty of care are left", by=by)


@transaction.atomic
def ask_to_read_again() -> int:
    """Ask for the reading of open leads of the last 90 days that older rules read, 500 at a time; how many.

    What came in the last hour and was not read has a job of its own that reads it.
    """
    statuses = (*OPEN_STATUSES, Status.QUARANTINED)
    now = timezone.now()
    lately = Q(created_at__gt=now - _READ_AGAIN_FOR, status__in=statuses)
    was_to_be_read = Q(needs_read_by__gt=0) | Q(created_at__lt=now - _READ_BY_ITSELF)
    older = Lead.objects.filter(lately, was_to_be_read, needs_read_by__lt=needs.VERSION).order_by(
        "-created_at"
    )
    pks = list(older.values_list("pk", flat=True)[:_READ_AT_ONCE])
    version = f"rules:{needs.VERSION}"
    queue.enqueue(*(queue.Ask("intake.read_needs", pk, key=f"lead:{pk}:{version}") for pk in pks))
    return len(pks)
