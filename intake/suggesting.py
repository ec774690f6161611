"""What the words of a request suggest, read once for each version of the rules.

Suggestions never decide. Those that staff accept change the lead (`intake/accepting.py`); routing looks at open ones
only where the client named nothing. Words of duty of care make a lead urgent at once (`intake/alarming.py`).
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db import transaction
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import get_language

from accounts.later import Later
from accounts.many import Many
from briefs import geography, prepared
from intake import alarming, needs
from intake.catalogue import Language, Service, Timeframe
from intake.models import Lead, NeedSuggestion, Status
from intake.models.adviser import OPEN_STATUSES
from intake.needs import Alarm, Certainty, Finding, Kind, gazetteer
from jobs import queue

State = NeedSuggestion.State
_READ_AGAIN_FOR = timedelta(days=90)
_READ_BY_ITSELF = timedelta(hours=1)
_READ_AT_ONCE = 500


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
        alarming.raise_priority(lead, alarming.OF_TEXT, alarms)
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
