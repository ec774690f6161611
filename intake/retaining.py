"""How long what is kept: rules that staff set, a look at what they would do, and the batches that do it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import numbers
from accounts.models import User
from intake.models import Keeps, RetentionRule, RetentionRun
from intake.retention_kinds import KINDS
from jobs import queue

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


def _due(rule: RetentionRule, now: datetime) -> QuerySet[Any]:
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
