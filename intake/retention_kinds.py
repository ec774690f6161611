"""The kinds of records that rules of retention reach: which are due, and what becomes of those whose time is over."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import erasing, erasure_map
from accounts.erasure_map import ERASED_EMAIL, Person
from accounts.models import Erasure
from intake import erasing as erasing_people
from intake import few_open, identifying
from intake.models import Attachment, AttachmentScan, Enquiry, Keeps, Lead, RetentionRule, Status
from jobs.models import Job
from mail import outbox
from mail.models import Message
from mail.models.message import UNSENT

MANY = 2000  # what is one statement a batch; a lead is dozens
FILES = 200  # of ten megabytes each
# No lead is begun after so many seconds of a batch: it must end before the limit of a job, on a busy machine too, and
# holds until then what others wait for.
BATCH_SECONDS = 5.0
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Kind:
    """One kind of record: which rows are older than a moment, since when, what each is called, what ends a batch
    and returns of how many.

    An index walks through them in the order of `since`, or of `order`.
    """

    due: Callable[[datetime], Rows]
    since: str
    called: str
    end: Callable[[list[int], RetentionRule], int]
    batch: int = 50
    order: Any = ""

    def oldest_first(self, rows: Rows) -> Rows:
        """These rows, the oldest first."""
        return rows.order_by(self.order or self.since, "pk")


def _leads(*statuses: Status, since: str) -> Callable[[datetime], Rows]:
    def due(before: datetime) -> Rows:
        older = {f"{since}__lt": before}
        return Lead.objects.filter(few_open.of_statuses(*statuses), erased_at=None, **older)

    return due


def _erase_leads(pks: list[int], rule: RetentionRule) -> int:
    return _erase_each([partial(_person_of, pk) for pk in pks], rule)


def _erase_each(people: list[Callable[[], Person]], rule: RetentionRule) -> int:
    """As many as `BATCH_SECONDS` allow, at least one."""
    until = time.monotonic() + BATCH_SECONDS
    for done, find in enumerate(people, start=1):
        _erase(find, rule)
        if time.monotonic() > until:
            return done
    return len(people)


def _person_of(lead_id: int) -> Person:
    return identifying.person_of_lead(Lead.objects.get(pk=lead_id))


def _erase(find: Callable[[], Person], rule: RetentionRule) -> None:
    erasing_people.erase(
        find,
        known=Erasure.objects.all,
        scope=Erasure.Scope.RETENTION,
        because=f"{rule}: {rule.days} days",
        by=None,
        tells=False,
    )


def _again(before: datetime) -> Rows:
    """Erasures that left something behind whose day has come, unless a later one took that too."""
    del before  # each has its own day
    later = Erasure.objects.filter(
        kept_until=None,
        made_at__gt=OuterRef("made_at"),
        references__contains=OuterRef("references"),
    )
    return Erasure.objects.filter(~Exists(later), kept_until__lt=timezone.localdate())


def _erase_kept(pks: list[int], rule: RetentionRule) -> int:
    return _erase_each([partial(_person_in, pk) for pk in pks], rule)


def _person_in(erasure_id: int) -> Person:
    references = Erasure.objects.get(pk=erasure_id).references
    leads = Lead.objects.filter(reference__in=references)
    return Person(
        leads=frozenset(leads.values_list("pk", flat=True)), references=frozenset(references)
    )


def _delete_files(pks: list[int], rule: RetentionRule) -> int:
    scans = list(AttachmentScan.objects.filter(attachment__in=pks).values_list("pk", flat=True))
    _perform(rule, _step(Attachment, deleted=pks), _step(AttachmentScan, deleted=scans))
    return len(pks)


def _perform(rule: RetentionRule, *steps: erasing.Step) -> None:
    """Through the door of frozen rows, with a proof that names them."""
    scope = Erasure.Scope.RETENTION
    erasing.perform(list(steps), scope=scope, because=f"{rule}: {rule.days} days")


def _step(
    model: type[Model],
    *,
    deleted: list[int] | None = None,
    emptied: list[int] | None = None,
    **values: Any,
) -> erasing.Step:
    table = next(table for table in erasure_map.tables() if table.model is model)
    table = replace(table, erase=values or table.erase)
    return erasing.Step(table, deleted or [], emptied or [], [], None)


def _files(before: datetime) -> Rows:
    return Attachment.objects.filter(enquiry__lead__closed_at__lt=before)


def _messages(before: datetime) -> Rows:
    on_its_way = Q(state__in=UNSENT)
    about = Message.objects.exclude(reference="").exclude(to_email=ERASED_EMAIL).exclude(text="")
    return about.filter(created_at__lt=before).exclude(on_its_way)


def _empty_messages(pks: list[int], rule: RetentionRule) -> int:
    """The words go; that there was a mail, to whom and when, stays with the lead. What is held would leave empty when
    its address takes mail again: it is cancelled.
    """
    rows = Message.objects.filter(pk__in=pks)
    rows.update(text="", html="", private_url="", headers={})
    outbox.call_off(
        rows.filter(state=Message.State.HELD), "Not sent: its words were kept long enough."
    )
    return len(pks)


def _jobs(before: datetime) -> Rows:
    return Job.objects.filter(state=Job.State.DONE, done_at__lt=before)


def _delete_jobs(pks: list[int], rule: RetentionRule) -> int:
    Job.objects.filter(pk__in=pks).delete()
    return len(pks)


def _keys(before: datetime) -> Rows:
    return Enquiry.objects.filter(idempotency_key__isnull=False, received_at__lt=before)


def _forget_keys(pks: list[int], rule: RetentionRule) -> int:
    _perform(rule, _step(Enquiry, emptied=pks, idempotency_key=None))
    return len(pks)


_OPEN = (Status.NEW, Status.ROUTED)
KINDS: dict[Keeps, Kind] = {
    Keeps.UNANSWERED: Kind(
        _leads(*_OPEN, since="created_at"), "created_at", "reference", _erase_leads, order=few_open.BY_NUMBER
    ),
    Keeps.QUARANTINED: Kind(
        _leads(Status.QUARANTINED, since="created_at"), "created_at", "reference", _erase_leads
    ),
    Keeps.DISQUALIFIED: Kind(
        _leads(Status.DISQUALIFIED, since="closed_at"), "closed_at", "reference", _erase_leads
    ),
    Keeps.LOST: Kind(_leads(Status.LOST, since="closed_at"), "closed_at", "reference", _erase_leads),
    Keeps.WON: Kind(_leads(Status.WON, since="closed_at"), "closed_at", "reference", _erase_leads),
    Keeps.ACCEPTED: Kind(_again, "kept_until", "uuid", _erase_kept),
    Keeps.FILES: Kind(
        _files, "enquiry__lead__closed_at", "enquiry__lead__reference", _delete_files, FILES,
    ),
    Keeps.MESSAGES: Kind(_messages, "created_at", "reference", _empty_messages, MANY),
    Keeps.JOBS: Kind(_jobs, "done_at", "pk", _delete_jobs, MANY),
    # By their numbers: an index of moments would be one more for each visitor to wait for.
    Keeps.KEYS: Kind(_keys, "received_at", "lead__reference", _forget_keys, MANY, order="pk"),
}  # fmt: skip
