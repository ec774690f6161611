"""What the briefs app's kinds of job do."""

from datetime import timedelta

from jobs.hints import BrokerAway
from jobs.kinds import Finish, JobError, kind
from jobs.models import Job


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


@kind("briefs.card_image", external=True)
def card_image(job: Job) -> Finish | None:
    """Draw the picture of a text for other sites, unless there is one."""
    from briefs import cards

    return cards.make(revision_id=job.subject_id)


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
