"""What the intake app's kinds of job do: one call each."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from accounts.later import Later
from intake import (
    acknowledging,
    after_sending,
    alerting,
    alike,
    clearing,
    conflict_checks,
    covering,
    deadlines,
    erasing,
    erasing_again,
    escalating,
    exporting,
    holding,
    lead_search,
    locking,
    new_leads,
    notifying,
    promise_mail,
    quarantine,
    retaining,
    scanning,
    screening,
    suggesting,
    undelivered,
)
from intake.sanctions import screening as sanctions
from intake.sanctions import uploads
from jobs.kinds import kind, kind_together
from jobs.models import Job


# Routing does it. A kind of its own is for what is on record from before that.
@kind_together("intake.match_people", most=50, at_once=True)
def match_people(jobs: Sequence[Job]) -> None:
    """Link leads to the people behind them, unless they are held back."""
    new_leads.make_known(lead_ids={job.subject_id for job in jobs})


def _match_before(jobs: Sequence[Job]) -> None:
    tried = any(job.attempts > 1 for job in jobs)
    new_leads.make_known_before(lead_ids={job.subject_id for job in jobs}, tried=tried)


@kind_together("intake.route_lead", most=50, at_once=True, before=_match_before)
def route_leads(jobs: Sequence[Job]) -> Later:
    """Give leads to advisers, unless they are held back; the registers are asked before, once."""
    return new_leads.route(request_ids=_requests(jobs))


@kind("intake.check_conflicts")
def check_conflicts(job: Job) -> None:
    """Hold a lead against the register once more, since what it says of its sender changed."""
    conflict_checks.check_lead(lead_id=job.subject_id)


@kind("intake.check_open_leads")
def check_open_leads(job: Job) -> None:
    """Hold the next open leads against the register, since that changed."""
    conflict_checks.check_open(after=job.subject_id, key=job.key.rpartition(":")[0])


@kind("intake.clear_wall")
def clear_wall(job: Job) -> None:
    """Give open leads that stand behind a new wall to others."""
    clearing.clear_wall(wall_id=job.subject_id)


@kind("intake.tell_reviewer")
def tell_reviewer(job: Job) -> None:
    """Tell somebody that they are to decide about a lead that is held."""
    holding.tell_reviewer(hold_id=job.subject_id)


@kind("intake.screen_sanctions")
def screen_sanctions(job: Job) -> None:
    """Look for a lead's people on the sanctions lists, under a name that is new."""
    sanctions.screen_lead(lead_id=job.subject_id)


@kind("intake.screen_again")
def screen_again(job: Job) -> None:
    """Look for the people of open leads on a list that was just loaded, some at a time."""
    sanctions.screen_again(after=job.subject_id, round_=job.key.rpartition(":")[0])


# Each may keep a worker for as long as any job may work.
_TRIES_OF_A_LIST = 3


@kind("intake.load_sanctions")
def load_sanctions(job: Job) -> None:
    """Read a file of a sanctions list that somebody sent."""
    uploads.read_file(file_id=job.subject_id, is_last_try=job.attempts >= _TRIES_OF_A_LIST)


@kind_together("intake.notify_owner", most=50)
def notify_owner(jobs: Sequence[Job]) -> None:
    """Tell advisers that leads are theirs."""
    notifying.notify_owners(because_of=_requests(jobs))


@kind_together("intake.acknowledge", most=50, after="intake.route_lead")
def acknowledge(jobs: Sequence[Job]) -> None:
    """Tell clients that their requests arrived, unless one is held back: its address may be anybody's."""
    asked = _requests(jobs)
    locking.lock(asked.keys())  # at once, since only those are locked next that are to be screened
    passing = screening.passing(asked.keys())
    acknowledging.acknowledge_leads(because_of={pk: asked[pk] for pk in passing})


@kind("intake.acknowledge_corrected")
def acknowledge_corrected(job: Job) -> None:
    """Tell a client at the address that was corrected, unless the request is held back."""
    locking.lock([job.subject_id])
    if screening.passing([job.subject_id]):
        acknowledging.acknowledge_corrected(lead_id=job.subject_id)


@kind("intake.acknowledge_again")
def acknowledge_again(job: Job) -> None:
    """Tell a client once more whose address takes mail again, or says that it does."""
    acknowledging.acknowledge_again(lead_id=job.subject_id)


def _requests(jobs: Sequence[Job]) -> dict[int, str]:
    """By subject, the id of the request because of which something is to be done."""
    return {job.subject_id: job.request_id for job in jobs}


@kind("intake.tell_owner")
def tell_owner(job: Job) -> None:
    """Tell the adviser what the client did by the private link."""
    after_sending.tell_owner(activity_id=job.subject_id)


@kind_together("intake.read_needs", most=50, after="intake.route_lead")
def read_needs(jobs: Sequence[Job]) -> None:
    """Read what texts ask for, and by what staff find them; look for what is alike. Routing does the first too, if it
    comes first.
    """
    pks = [job.subject_id for job in jobs]
    alike.suggest(lead_ids=pks)  # first, since it locks all at once, in order
    suggesting.read_leads(lead_ids=pks)
    lead_search.note_words(lead_ids=pks)
    screening.ask_to_tell(lead_ids=pks)


@kind("intake.tell_held_back")
def tell_held_back(job: Job) -> None:
    """Tell those who decide that a request that is held back speaks of danger."""
    quarantine.tell_of_urgent(lead_id=job.subject_id)


@kind("intake.expire_quarantine", every=timedelta(hours=6))
def expire_quarantine(job: Job) -> None:
    """Close what nobody looked at in time, or note that it would be."""
    quarantine.expire_old()


@kind("intake.read_again", every=timedelta(hours=1))
def read_again(job: Job) -> None:
    """Let new rules read open leads that older ones have read."""
    suggesting.ask_to_read_again()


@kind("intake.scan_attachment", external=True)
def scan_attachment(job: Job) -> Callable[[], None] | None:
    """Have a client's file looked at; without a scanner that answers it is tried again."""
    return scanning.scan_attachment(attachment_id=job.subject_id)


@kind("intake.scan_waiting", external=True, every=timedelta(minutes=15))
def scan_waiting(job: Job) -> None:
    """Ask for scans of what has none."""
    scanning.ask_for_unscanned()


@kind("intake.note_unreachable")
def note_unreachable(job: Job) -> None:
    """Note on the leads of a client that mail does not reach them."""
    undelivered.note_unreachable(mark_id=job.subject_id)


@kind("intake.note_not_arrived")
def note_not_arrived(job: Job) -> None:
    """Note on its lead that one message did not arrive."""
    undelivered.note_not_arrived(message_id=job.subject_id)


@kind("intake.forget_farewells", every=timedelta(minutes=15))
def forget_farewells(job: Job) -> None:
    """Forget the addresses of erased people, once their last mail has left."""
    erasing.forget_farewells()


@kind_together("intake.keep_deadline", most=50)
def keep_deadline(jobs: Sequence[Job]) -> None:
    """Set the clocks of the leads' stages, or count them anew for their owners and priorities."""
    deadlines.keep_deadlines(lead_ids=[job.subject_id for job in jobs])


@kind("intake.watch_deadlines", every=timedelta(minutes=1))
def watch_deadlines(job: Job) -> None:
    """Remind, note what was missed, tell the next level, and mend clocks that a lost job left behind."""
    escalating.watch_deadlines()
    escalating.mend_deadlines()


@kind("intake.keep_covers", every=timedelta(minutes=1))
def keep_covers(job: Job) -> None:
    """Begin and end covers and loans of leads as absences ask."""
    covering.keep_covers()


@kind("intake.tell_promise")
def tell_promise(job: Job) -> None:
    """Tell the client of a later time."""
    promise_mail.tell_promise(change_id=job.subject_id)


@kind("intake.watch_house", every=timedelta(minutes=2))
def watch_house(job: Job) -> None:
    """Tell desk leads of what is older than its limit."""
    alerting.watch_house()


@kind("intake.note_erasure", external=True)
def note_erasure(job: Job) -> None:
    """Write an erasure onto the list that outlives the database."""
    erasing_again.note_erasure(erasure_id=job.subject_id)


@kind("intake.copy_data")
def copy_data(job: Job) -> None:
    """Put everything about a person into one archive."""
    exporting.make_copy(copy_id=job.subject_id)


@kind("intake.forget_copies", every=timedelta(hours=1))
def forget_copies(job: Job) -> None:
    """Empty the archives whose time is over."""
    exporting.forget_copies()


@kind("intake.apply_retention", every=timedelta(hours=6))
def apply_retention(job: Job) -> None:
    """Ask that what is older than the rules that are switched on allow is erased."""
    retaining.ask_for_rules(key=job.key)


@kind("intake.apply_rule")
def apply_rule(job: Job) -> None:
    """The next batch of a rule that reaches more than one."""
    retaining.go_on(rule_id=job.subject_id, job_id=job.pk)
