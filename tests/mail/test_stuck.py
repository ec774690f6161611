"""Messages that wait and have nobody to send them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job
from mail import stuck
from mail.models import Message
from tests.mail.mail_server import MailServer
from tests.mail.making import job_of, queue_letter, run_delivery

pytestmark = pytest.mark.django_db


def age(minutes: int) -> None:
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))


def test_a_message_without_a_job_is_asked_for_again(server: MailServer) -> None:
    message = queue_letter()
    Job.objects.all().delete()
    age(4)
    assert stuck.free_stuck() == {"asked_again": 0, "given_up": 0}

    age(6)

    assert stuck.free_stuck() == {"asked_again": 1, "given_up": 0}
    assert stuck.free_stuck() == {"asked_again": 0, "given_up": 0}
    assert run_delivery(message).state == "sent"
    assert stuck.free_stuck() == {"asked_again": 0, "given_up": 0}


@pytest.mark.parametrize(("state", "is_doubtful"), [("queued", False), ("sending", True)])
def test_a_message_whose_job_died_is_given_up_where_staff_see_it(
    state: str, is_doubtful: bool
) -> None:
    message = queue_letter()
    Job.objects.update(state="dead")
    Message.objects.update(state=state)
    age(6)

    assert stuck.free_stuck() == {"asked_again": 0, "given_up": 1}

    message.refresh_from_db()
    assert (message.state, message.may_be_double) == ("failed", is_doubtful)
    assert message.error == "Its job failed for good: read why under Jobs, then send it again."


def test_a_message_with_a_live_job_is_left_alone() -> None:
    message = queue_letter()
    age(600)

    assert stuck.free_stuck() == {"asked_again": 0, "given_up": 0}
    assert job_of(message).state == "pending"
