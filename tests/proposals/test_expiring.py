from collections.abc import Callable

import pytest

from intake.models import Activity
from jobs.models import Job
from proposals import answering
from proposals.models import ProposalVersion
from tests.proposals import making
from tests.proposals.making import (
    accept,
    decline,
    make_overdue,
    make_sent,
    run_jobs,
    statuses,
)
from tests.proposals.outcomes import LOST, WON, assert_unanswered, messages


@pytest.mark.django_db
def test_job_closes_a_version_whose_time_is_over() -> None:
    version = make_overdue()

    assert run_jobs("proposals.expire", version.pk) == ["done"]

    assert statuses(version) == ("expired", "open", "proposal")
    assert ProposalVersion.objects.get().closed_at is not None
    activity = Activity.objects.latest("pk")
    assert (activity.kind, activity.text) == (
        "proposal_expired",
        f"{version.proposal.reference}, version 1",
    )
    assert messages() == [("proposals/mail/outcome", version.prepared_by.email)]


@pytest.mark.django_db
def test_job_waits_for_the_instant_until_which_the_version_is_valid() -> None:
    version = make_sent()

    job = Job.objects.get(kind="proposals.expire")
    assert job.run_at == version.valid_until
    assert run_jobs("proposals.expire", version.pk) == ["pending"]


@pytest.mark.django_db
def test_version_that_may_still_be_answered_does_not_expire() -> None:
    version = make_sent()

    assert answering.expire_version(version_id=version.pk) is False

    assert_unanswered(version)


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "expected"), [(accept, WON), (decline, LOST)])
def test_answered_version_does_not_expire(
    answer: Callable[[ProposalVersion], object], expected: tuple[str, str, str]
) -> None:
    with making.last_month():
        version = make_sent()
        answer(version)
    before = messages()

    assert answering.expire_version(version_id=version.pk) is False

    assert statuses(version) == expected
    assert messages() == before


@pytest.mark.django_db
def test_version_expires_once() -> None:
    version = make_overdue()

    assert answering.expire_version(version_id=version.pk) is True
    assert answering.expire_version(version_id=version.pk) is False

    assert Activity.objects.filter(kind="proposal_expired").count() == 1
