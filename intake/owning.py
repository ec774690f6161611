"""Who owns a lead: the one place where a span of ownership ends and the next one begins. All under the lead's lock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from django.core.exceptions import ValidationError
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts import many
from accounts.inserting import insert
from accounts.models import User
from briefs import prepared
from intake import conflicts, presence
from intake.models import Assignment, Lead, RoutingDecision, StandIn, Status
from jobs import queue
from jobs.models import Job

# With an adviser and not closed.
OPEN = (Status.ROUTED, Status.CONTACTED, Status.QUALIFIED, Status.PROPOSAL)


def locked(lead_id: int) -> Lead:
    """The lead under its lock. Without its owner: a joined row would be that from before the wait."""
    return Lead.objects.select_for_update().get(pk=lead_id)


def give(
    lead: Lead,
    adviser_id: int,
    *,
    reason: str,
    by: User | None = None,
    decision: RoutingDecision | None = None,
) -> Assignment:
    """Make the adviser its owner from this moment on; whoever stood in for the former owner does so no more.

    By a decision that nobody could take it, it waits in the pool of the decision's desk. The caller writes the activity
    and tells people. Saves the lead's status too.
    """
    started = {} if lead.owner_id is None else {"started_at": _end_span(lead)}
    _put(lead, adviser_id, decision)
    lead.save(update_fields=["owner", "status", "pool"])
    return Assignment.objects.create(
        lead=lead, adviser_id=adviser_id, decision=decision, by=by, reason=reason, **started
    )


def given_first(
    decisions: Sequence[RoutingDecision], request_ids: Mapping[int, str]
) -> prepared.Asked:
    """The same for leads that nobody has owned, each by the newest decision on it: what stores it, and asks for what
    `follow_ups` names, which the caller hints; for the clock only where the acknowledgement has been tried, since that
    counts it too, and comes next.

    One statement, however many, which notes too what was read of their texts. The jobs carry the request of their lead.
    """
    rows, because = [], queue.current_request_id()
    for decision in decisions:
        lead = decision.lead
        _put(lead, decision.chosen_id, decision)
        owned = {name: getattr(lead, name) for name in _OWNED}
        about = {"reason": decision.reason, "request_id": request_ids.get(lead.pk, "") or because}
        rows.append({"lead_id": lead.pk} | owned | about)
    return _given_first(), {"rows": many.sent(rows)}


def follow_ups(assignment: Assignment) -> tuple[queue.Ask, queue.Ask]:
    """The notice to a new owner, and the lead's clock by their calendar: both take longer than giving."""
    return queue.Ask(_NOTICE, assignment.pk, key=f"assignment:{assignment.pk}"), clock_of(
        assignment
    )


def clock_of(assignment: Assignment) -> queue.Ask:
    """The job that counts the lead's clock by its new owner's calendar."""
    return queue.Ask(_CLOCK, assignment.lead_id, key=f"assignment:{assignment.pk}")


_NOTICE, _CLOCK = "intake.notify_owner", "intake.keep_deadline"
# That what keeps the clock of a lead by itself is still to come: it waits for the lead's lock, and so sees its owner.
# It is found by its key: PostgreSQL is not to look through all that wait (as in jobs/working.py).
_IS_KEPT_NEXT = """EXISTS (
    SELECT FROM jobs_job WHERE kind = 'intake.acknowledge' AND key = 'lead:' || span.lead_id
        AND state || '' = 'pending' AND attempts = 0
)"""
_OWNED = ("owner_id", "pool_id", "status", "needs_read_by")
_GIVEN = {
    "lead_id": "bigint",
    "owner_id": "bigint",
    "pool_id": "bigint",
    "status": "text",
    "needs_read_by": "smallint",
    "reason": "text",
    "request_id": "text",
}
_SPAN = {
    "lead_id": "lead_id",
    "adviser_id": "owner_id",
    "decision_id": "(SELECT max(id) FROM intake_routingdecision WHERE lead_id = given.lead_id)",
    "reason": "reason",
}
_JOB = {
    "kind": "asked.kind",
    "subject_id": "asked.subject",
    "key": "'assignment:' || span.id",
    "request_id": "given.request_id",
}


@cache
def _given_first() -> prepared.Statement:
    owned = """owned AS (
        UPDATE intake_lead SET owner_id = given.owner_id, pool_id = given.pool_id, status = given.status,
            needs_read_by = given.needs_read_by
        FROM given WHERE intake_lead.id = given.lead_id AND intake_lead.id = ANY(ARRAY(SELECT lead_id FROM given))
    )"""
    span = f"span AS ({insert(Assignment, _SPAN, rows='FROM given ORDER BY lead_id')} RETURNING id, lead_id)"
    asked = f"(VALUES ('{_NOTICE}', span.id), ('{_CLOCK}', span.lead_id)) AS asked (kind, subject)"
    rows = f"""FROM span JOIN given USING (lead_id), LATERAL {asked}
        WHERE asked.kind <> '{_CLOCK}' OR NOT {_IS_KEPT_NEXT} ORDER BY span.id"""
    return many.statement(
        _GIVEN, owned, span, last=f"{insert(Job, _JOB, rows=rows)} RETURNING kind, id"
    )


def _put(lead: Lead, adviser_id: int, decision: RoutingDecision | None) -> None:
    is_pooled = decision is not None and decision.is_fallback and lead.status == Status.ROUTED
    lead.owner_id = adviser_id
    lead.pool_id = decision.desk_id if decision and is_pooled else None


def _end_span(lead: Lead) -> datetime:
    """End the open span and every stand-in; the moment, at which the next span begins."""
    now = timezone.now()
    span = lead.assignments.filter(ended_at__isnull=True).first()
    if span:
        # It began by the database's clock, which may be ahead of ours.
        span.ended_at = now = max(now, span.started_at)
        span.save(update_fields=["ended_at"])
    end_stand_ins(lead, now, StandIn.End.MOVED)
    return now


def end_stand_ins(lead: Lead, now: datetime, because: StandIn.End, **which: object) -> int:
    """End those that hold (or of them `which`), for this reason; how many."""
    ends = Greatest(F("started_at"), Value(now))
    return lead.stand_ins.open().filter(**which).update(ended_at=ends, ended_because=because)


def who_work(lead: Lead) -> list[User]:
    """Whom news of the lead is for: its owner, and who covers it; nobody who must not have it. When none of them may
    log in any more it is the desk leads, so that what a client says is never told to nobody."""
    barred = conflicts.barred_because(lead)
    both = [one for one in (lead.owner, lead.cover) if one and one.pk not in barred]
    if there := [one.user for one in both if one.user.is_active]:
        return there
    walled = conflicts.walled_users([lead.pk]).get(lead.pk, set())
    return [user for user in presence.desk_leads() if user.pk not in walled]


def seen(lead: Lead) -> str:
    """What a page showed of the lead's owner and status, for the form that it offers to give back."""
    return f"{lead.owner_id or 0}.{lead.status}"


def refuse_moved(lead: Lead, token: str) -> None:
    """Raise ValidationError(code="conflict") when owner or status are not what the page showed; "" shows nothing."""
    if token and token != seen(lead):
        raise ValidationError(
            f"Meanwhile this changed: it is {lead.get_status_display()}"
            f"{f', and {lead.owner} has it' if lead.owner else ''}. Look again, then decide.",
            code="conflict",
        )
