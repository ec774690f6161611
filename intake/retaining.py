"""How long what is kept: rules that staff set, a look at what they would do, and the batches that do it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import erasing, erasure_map, numbers
from accounts.erasure_map import ERASED_EMAIL, Person
from accounts.models import Erasure, User
from intake import erasing as erasing_people
from intake import few_open, identifying
from intake.models import (
    Attachment,
    AttachmentScan,
    Enquiry,
    Keeps,
    Lead,
    RetentionRule,
    RetentionRun,
    Status,
)
from jobs import queue
from jobs.models import Job
from mail.models import Message

MANY = 2000  # what is one statement a batch; a lead is dozens
FILES = 200  # of ten megabytes each
# No lead is begun after so many seconds of a batch: it must end before the limit of a job, on a busy machine too, and
# holds until then what others wait for.
BATCH_SECONDS = 5.0
PAUSE = timedelta(seconds=30)  # of a rule that finds another one at work
# Of the advisory locks of PostgreSQL, that of the rule that has its turn; any number that nobody else takes.
_TURN = 7_226_004
EXAMPLES = 5
# Until the house sets its own. The longest that is usual: what nobody needs for longer.
DEFAULT_DAYS: dict[Keeps, int] = {
    Keeps.UNANSWERED: 365,
    Keeps.QUARANTINED: 90,
    Keeps.DISQUALIFIED: 180,
    Keeps.LOST: 730,
    Keeps.WON: 3653,
    Keeps.ACCEPTED: 3653,
    Keeps.FILES: 365,
    Keeps.MESSAGES: 1095,
    Keeps.JOBS: 180,
    Keeps.KEYS: 7,
}
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


@dataclass(frozen=True)
class Outlook:
    """What a rule would reach now; of many only that they are more than `numbers.MOST_COUNTED`."""

    rule: RetentionRule
    count: int
    oldest: datetime | None
    examples: list[str]

    @property
    def told(self) -> str:
        """How many, in words."""
        return numbers.told(self.count)


def rules() -> QuerySet[RetentionRule]:
    """A rule for each kind, in the order of `Keeps`; those that are not there yet are made, switched off."""
    if RetentionRule.objects.count() < len(Keeps):
        RetentionRule.objects.bulk_create(
            [RetentionRule(keeps=keeps, days=days) for keeps, days in DEFAULT_DAYS.items()],
            ignore_conflicts=True,
        )
    return RetentionRule.objects.order_by("pk")


def period_of(keeps: Keeps) -> timedelta:
    """For how long this kind is kept, whether or not its rule is switched on."""
    days = RetentionRule.objects.filter(keeps=keeps).values_list("days", flat=True).first()
    return timedelta(days=days or DEFAULT_DAYS[keeps])


def look(rule: RetentionRule, now: datetime | None = None) -> Outlook:
    """How many records a rule would reach, since when the oldest waits, and a few references; changes nothing."""
    kind = KINDS[Keeps(rule.keeps)]
    rows = _due(rule, now or timezone.now())
    oldest = list(kind.oldest_first(rows).values_list(kind.since, kind.called)[:EXAMPLES])
    return Outlook(
        rule=rule,
        count=numbers.count_of(rows),
        oldest=_moment(oldest[0][0]) if oldest else None,
        examples=[str(name) for _, name in oldest],
    )


def _moment(since: date) -> datetime:
    """The moment itself, or the beginning of the day, where only that is known."""
    if isinstance(since, datetime):
        return since
    return datetime(since.year, since.month, since.day, tzinfo=UTC)


def simulate_rules(*, by: User | None) -> list[RetentionRun]:
    """Look at every rule, switched on or not, and record what was seen."""
    return [_record(look(rule), by=by, done=0, is_simulated=True) for rule in rules()]


def apply_rules(*, by: User | None = None) -> list[RetentionRun]:
    """Apply the rules that are switched on to a batch each, the oldest first, and record it."""
    return [apply_rule(rule=rule, by=by) for rule in rules().filter(is_on=True)]


def ask_for_rules(*, key: str) -> None:
    """Ask for a batch of each rule that is switched on: a job each, so that none takes another one's time."""
    on = rules().filter(is_on=True).values_list("pk", flat=True)
    queue.enqueue(*(queue.Ask("intake.apply_rule", pk, key=f"rule:{pk}:{key}") for pk in on))


@transaction.atomic
def apply_rule(*, rule: RetentionRule, by: User | None = None) -> RetentionRun:
    """Apply one rule to a batch. Two at once: the second waits, and finds what the first one left.

    Raises ValidationError(code="off") when it is not switched on.
    """
    rule = RetentionRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if not rule.is_on:
        raise ValidationError("This rule is switched off.", code="off")
    outlook = look(rule)
    kind = KINDS[Keeps(rule.keeps)]
    rows = kind.oldest_first(_due(rule, timezone.now()))
    batch = list(rows.values_list("pk", flat=True)[: kind.batch])
    done = kind.end(batch, rule) if batch else 0
    run = _record(outlook, by=by, done=done, is_simulated=False)
    if outlook.count > done:
        queue.enqueue(queue.Ask("intake.apply_rule", rule.pk, key=f"rule:{rule.pk}:{run.pk}"))
    return run


@transaction.atomic
def go_on(*, rule_id: int, job_id: int) -> None:
    """The next batch of a rule, later while another one has its turn; nothing once it is switched off."""
    rule = RetentionRule.objects.filter(pk=rule_id, is_on=True).first()
    if rule is None:
        return
    if _has_turn():
        apply_rule(rule=rule)
    else:
        key, then = f"rule:{rule.pk}:after:{job_id}", timezone.now() + PAUSE
        queue.enqueue(queue.Ask("intake.apply_rule", rule.pk, key=key, run_at=then))


def _has_turn() -> bool:
    """One batch at a time, until its transaction ends.

    Two would reach the same mails and likenesses from two ends, and leave no worker for what else waits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TURN])
        return bool(cursor.fetchone()[0])


def _due(rule: RetentionRule, now: datetime) -> Rows:
    return KINDS[Keeps(rule.keeps)].due(now - timedelta(days=rule.days))


def _record(outlook: Outlook, *, by: User | None, done: int, is_simulated: bool) -> RetentionRun:
    return RetentionRun.objects.create(
        rule=outlook.rule,
        days=outlook.rule.days,
        count=outlook.count,
        oldest=outlook.oldest,
        examples=outlook.examples,
        done=done,
        by=by,
        is_simulated=is_simulated,
    )


# ---- The kinds


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
    on_its_way = Q(state__in=[Message.State.QUEUED, Message.State.SENDING])
    about = Message.objects.exclude(reference="").exclude(to_email=ERASED_EMAIL).exclude(text="")
    return about.filter(created_at__lt=before).exclude(on_its_way)


def _empty_messages(pks: list[int], rule: RetentionRule) -> int:
    """The words go; that there was a mail, to whom and when, stays with the lead."""
    Message.objects.filter(pk__in=pks).update(text="", html="", private_url="", headers={})
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
