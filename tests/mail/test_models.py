import pytest
from django.db import IntegrityError
from django.db.models.functions import Now

from mail.models import Message
from tests.mail.making import queue_letter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "sent"}, "message_sent_at_exactly_when_sent"),
        ({"state": "failed", "sent_at": Now()}, "message_sent_at_exactly_when_sent"),
        ({"state": "lost"}, "message_state_known"),
        (
            {"state": "sent", "sent_at": Now(), "private_url": "http://localhost/p/x/"},
            "message_sent_keeps_no_private_url",
        ),
    ],
)
def test_the_database_refuses_a_state_that_cannot_be(
    changes: dict[str, object], constraint: str
) -> None:
    queue_letter()

    with pytest.raises(IntegrityError, match=constraint):
        Message.objects.update(**changes)


def test_unsent_are_those_that_are_still_to_leave() -> None:
    for state in ("queued", "sending", "unsure", "failed", "held", "kept"):
        message = queue_letter(key=state)
        Message.objects.filter(pk=message.pk).update(state=state)

    assert set(Message.objects.unsent().values_list("key", flat=True)) == {
        *("queued", "sending", "unsure"),
    }


def test_messages_about_one_lead_oldest_first() -> None:
    first, _, third = (
        queue_letter(key="a", reference="R-1"),
        queue_letter(key="b", reference="R-2"),
        queue_letter(key="c", reference="R-1"),
    )

    assert list(Message.objects.about("R-1")) == [first, third]
