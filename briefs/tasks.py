"""What the briefs app's kinds of job do."""

from datetime import UTC, datetime, timedelta

from jobs.hints import BrokerAway
from jobs.kinds import Finish, JobError, kind
from jobs.models import Job
from mail.gates import gate
from mail.models import Message


@kind("briefs.refresh", external=True)
def refresh(job: Job) -> Finish | None:
    """Make every kept page untrue, and the names to offer those of today."""
    from briefs import freshness, naming
    from briefs.models import Brief

    naming.refresh_names(Brief.objects.public().filter(names_text=""))
    naming.refresh_terms()
    try:
        freshness.bump()
    except BrokerAway as error:
        raise JobError("Valkey is away.") from error
    return None


@kind("briefs.refresh_names")
def refresh_names(job: Job) -> None:
    """Bring the names of the briefs that name an actor in line with it."""
    from briefs import naming
    from briefs.models import Brief

    naming.refresh_names(Brief.objects.filter(actors=job.subject_id).distinct())


@kind("briefs.announce")
def announce(job: Job) -> None:
    """Tell that a brief is out, once."""
    from briefs import announcing

    announcing.announce_brief(edition_id=job.subject_id)


@kind("briefs.announce_missed", every=timedelta(minutes=15))
def announce_missed(job: Job) -> None:
    """Find what should have been announced and was not."""
    from briefs import announcing

    announcing.announce_missed()


@kind("briefs.make_page")
def make_page(job: Job) -> None:
    """Make the page of a brief before its first reader comes."""
    from briefs import brief_pages

    brief_pages.make(brief_id=job.subject_id)


@kind("briefs.card_image", external=True)
def card_image(job: Job) -> Finish | None:
    """Draw the picture of a text for other sites, unless there is one."""
    from briefs import cards

    return cards.make(revision_id=job.subject_id)


@kind("briefs.missing_cards", every=timedelta(minutes=15))
def missing_cards(job: Job) -> None:
    """Find public texts that have no picture yet."""
    from briefs import cards

    cards.ask_for_missing()


@kind("briefs.tell_of_move")
def tell_of_move(job: Job) -> None:
    """Tell those concerned that a brief was submitted, sent back, approved or published."""
    from briefs import telling

    telling.tell_of_move(move_id=job.subject_id)


@kind("briefs.tell_of_comment")
def tell_of_comment(job: Job) -> None:
    """Tell those concerned that there is a comment."""
    from briefs import telling

    telling.tell_of_comment(comment_id=job.subject_id)


@kind("briefs.tell_of_verdict")
def tell_of_verdict(job: Job) -> None:
    """Tell those concerned what a reviewer from outside thinks."""
    from briefs import telling

    telling.tell_of_verdict(link_id=job.subject_id)


@kind("briefs.tell_of_handover")
def tell_of_handover(job: Job) -> None:
    """Tell whoever a brief was handed to."""
    from briefs import telling

    telling.tell_of_handover(brief_id=job.subject_id, key=job.key)


@kind("briefs.remind")
def remind(job: Job) -> None:
    """Say that a brief is due, or late."""
    from briefs import telling

    telling.remind(brief_id=job.subject_id, key=job.key)


@kind("briefs.announce_correction")
def announce_correction(job: Job) -> None:
    """Tell those who were mailed a brief what was wrong in it."""
    from briefs import notifying

    notifying.announce_correction(correction_id=job.subject_id)


@kind("briefs.announce_withdrawal")
def announce_withdrawal(job: Job) -> None:
    """Tell those who were mailed a brief that it was taken back."""
    from briefs import notifying

    notifying.announce_withdrawal(brief_id=job.subject_id)


@kind("briefs.notify")
def notify(job: Job) -> None:
    """Tell one batch of readers of an announcement."""
    from briefs import notifying

    notifying.notify_batch(announcement_id=job.subject_id, after=_after(job))


@kind("briefs.weekly_digest", every=timedelta(hours=1))
def weekly_digest(job: Job) -> None:
    """Look whether the weekly mail is due."""
    from briefs import digests

    digests.ask_for_digest()


@kind("briefs.send_digest")
def send_digest(job: Job) -> None:
    """Write to one batch of weekly readers."""
    from briefs import digests

    due = datetime.fromtimestamp(job.subject_id, UTC)
    digests.digest_batch(due=due, after=_after(job))


@kind("briefs.digest_again")
def digest_again(job: Job) -> None:
    """Write a weekly mail anew that was held back."""
    from briefs import digests

    digests.digest_again(message_id=job.subject_id)


def _after(job: Job) -> int:
    """Where the batch before this one ended, which stands in the key."""
    return int(job.key.rpartition(":")[2])


@kind("briefs.confirm_subscription")
def confirm_subscription(job: Job) -> None:
    """Mail the link that confirms a subscription."""
    from briefs import confirming

    confirming.send_confirmation(subscription_id=job.subject_id)


@kind("briefs.suppress_unreachable")
def suppress_unreachable(job: Job) -> None:
    """Write no more to a reader whose address takes no mail."""
    from briefs import confirming

    confirming.suppress_unreachable(mark_id=job.subject_id)


@kind("briefs.forget_subscribers", every=timedelta(hours=6))
def forget_subscribers(job: Job) -> None:
    """Delete what is no longer needed of readers who asked for mail."""
    from briefs import subscribing

    subscribing.forget_subscribers()


@gate("briefs.notice")
def notice_gate(message: Message) -> str:
    """Whether a mail of the list may still leave."""
    from briefs import notifying

    return notifying.why_not(message)


@gate("briefs.digest")
def digest_gate(message: Message) -> str:
    """Whether a weekly mail may still leave."""
    from briefs import digests

    return digests.why_not(message)


@gate("briefs.confirmation")
def confirmation_gate(message: Message) -> str:
    """Whether a mail about a subscription may still leave."""
    from briefs import confirming

    return confirming.why_not(message)


@kind("briefs.refresh_place_names")
def refresh_place_names(job: Job) -> None:
    """Bring the names of the briefs that name a place in line with it."""
    from django.db.models import Q

    from briefs import freshness, naming
    from briefs.models import Brief

    named = Q(places=job.subject_id) | Q(incidents__place=job.subject_id)
    naming.refresh_names(Brief.objects.filter(named).distinct())
    freshness.public_changed()
