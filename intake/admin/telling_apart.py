"""What tells two records of one name apart on the staff screens: a line in lists, and side by side before a merge."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from accounts.models import User
from briefs import geography
from intake.catalogue import Language, Service
from intake.models import Contact, Lead, Organisation, Priority

_MOST_NAMED = 3


@dataclass(frozen=True)
class Line:
    """One thing that is said of both records."""

    label: str
    source: str
    target: str

    @property
    def differs(self) -> bool:
        """Whether it tells them apart."""
        return self.source != self.target


@dataclass
class _Work:
    """What a user may see of the leads and people behind a record."""

    leads: int = 0
    open: int = 0
    first: datetime | None = None
    last: datetime | None = None
    people: list[str] = field(default_factory=list)


def called(record: Any) -> str:
    """The name and what makes it one person's or one body's: no two records are called the same."""
    if isinstance(record, Contact):
        return f"{record.full_name} ({record.email})"
    if isinstance(record, Organisation):
        return f"{record.name} (no. {record.pk})"
    return str(record)


def side_by_side(user: User, source: Any, target: Any) -> list[Line]:
    """Both records in words, with as much of their work as the user may see; three statements at most."""
    work = _work_of(user, (source, target))
    said = [dict(_facts(record, work[record.pk])) for record in (source, target)]
    return [Line(label, said[0][label], said[1][label]) for label in said[0]]


def _facts(record: Any, work: _Work) -> Iterable[tuple[str, str]]:
    if isinstance(record, Lead):
        enquiry = record.enquiry
        yield "Client", enquiry.full_name
        yield "E-mail", enquiry.email
        yield "Organisation", enquiry.organisation
        yield "Received", _moment(enquiry.received_at)
        yield "Stands at", record.get_status_display()
        yield "Adviser", str(record.owner or "")
        return
    if isinstance(record, Contact):
        yield "E-mail", record.email
        yield "Organisation", str(record.organisation or "")
        yield "Job title", record.job_title
        yield "Phone", record.phone
    else:
        yield "People", ", ".join(work.people)
    yield "Known since", _moment(record.created_at)
    yield "Requests", f"{work.leads}, {work.open} open" if work.leads else "none"
    yield "First request", _moment(work.first)
    yield "Last request", _moment(work.last)


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%-d %B %Y, %H:%M}" if at else ""


def _work_of(user: User, records: tuple[Any, Any]) -> dict[int, _Work]:
    work = {record.pk: _Work() for record in records}
    name = type(records[0])._meta.model_name
    if isinstance(records[0], Lead):
        return work
    is_open = Count("pk", filter=Q(closed_at=None))
    rows = Lead.objects.visible_to(user).filter(**{f"{name}__in": work}).order_by().values(name)
    for row in rows.annotate(
        leads=Count("pk"), open=is_open, first=Min("created_at"), last=Max("created_at")
    ):
        pk = row.pop(name)
        work[pk] = _Work(**row)
    if isinstance(records[0], Organisation):
        _add_people(user, work)
    return work


def _add_people(user: User, work: dict[int, _Work]) -> None:
    people = Contact.objects.visible_to(user).filter(organisation__in=work, merged_into=None)
    for contact in people.order_by("full_name", "pk"):
        work[contact.organisation_id or 0].people.append(called(contact))
    for one in work.values():
        more = len(one.people) - _MOST_NAMED
        one.people[_MOST_NAMED:] = [f"{more} more"] if more > 0 else []


def value_in_words(name: str, column: str, record: Any) -> str:
    """What a record says for one of the values that a merge chooses between."""
    match name:
        case "organisation":
            return str(record.organisation or "")
        case "language":
            return str(Language(record.language).label)
        case "countries":
            return ", ".join(geography.country_name(code, "en") for code in record.countries)
        case "services":
            return ", ".join(str(Service(slug).label) for slug in record.services)
        case "priority":
            is_urgent = record.priority == Priority.URGENT
            return f"Urgent: {record.priority_reason}" if is_urgent else "Normal"
    return str(getattr(record, column))


def summary(record: Any) -> str:
    """A line that tells a record from others of its name, from what `with_words` fetched."""
    if isinstance(record, Lead):
        enquiry = record.enquiry
        who = ", ".join(filter(None, (enquiry.full_name, enquiry.organisation)))
        return f"{who} · {record.get_status_display()} · {enquiry.received_at:%-d %B %Y}"
    since = f"known since {record.created_at:%-d %B %Y}"
    if isinstance(record, Contact):
        return " · ".join(filter(None, (record.email, str(record.organisation or ""), since)))
    return since


def with_words(rows: Any) -> Any:
    """With what `summary` and the preview name."""
    if rows.model is Lead:
        return rows.select_related("enquiry", "merged_into", "owner__user").order_by("-pk")
    if rows.model is Contact:
        return rows.select_related("organisation", "merged_into").order_by("full_name", "pk")
    return rows.select_related("merged_into").order_by("name", "pk")
