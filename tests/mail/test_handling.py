"""What staff do with messages that wait, are held or did not arrive; and addresses that take no mail."""

from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from accounts.erasure_map import ERASED_EMAIL
from accounts.models import User
from mail import addresses, handling
from mail.models import Handling, Message, Unreachable
from tests import racing
from tests.factories import UserFactory
from tests.mail.mail_server import MailServer
from tests.mail.making import job_of, queue_letter, run_delivery

pytestmark = pytest.mark.django_db
SECRET_URL = "http://localhost:8000/p/secret-token/"
BOUNCED = Unreachable.Why.BOUNCED


def held_letter(**fields: object) -> Message:
    """A letter to an address that takes no mail, held by the worker."""
    addresses.mark_unreachable(email="Amina@client.example", why=BOUNCED, code="550")
    message = run_delivery(queue_letter(**fields))
    assert message.state == "held"
    return message


def done_with(message: Message) -> list[str]:
    return list(message.handlings.order_by("pk").values_list("what", flat=True))


def attempted(verb: Callable[..., object], message: Message, by: User) -> str:
    """What came of it: the code of the refusal, or "done"."""
    try:
        verb(message=message, by=by)
    except ValidationError as refusal:
        return str(refusal.code)
    return "done"


def test_a_message_to_an_address_that_takes_no_mail_is_held_with_the_reason(
    server: MailServer,
) -> None:
    message = held_letter(private_url=SECRET_URL)

    assert (message.failure, message.error) == ("address", "Not sent: mail to it came back (550).")
    assert message.private_url == SECRET_URL
    assert job_of(message).state == "done"
    assert server.received == []
    with pytest.raises(ValidationError, match="is held"):
        handling.resend_message(message=message, by=UserFactory.create())


def test_a_held_message_is_let_go_once_and_the_mark_stays(server: MailServer) -> None:
    message, user = held_letter(), UserFactory.create()

    handling.force_message(message=message, by=user)
    run_delivery(message)

    assert (message.state, len(server.received)) == ("sent", 1)
    assert done_with(message) == ["forced"]
    assert run_delivery(queue_letter(key="another")).state == "held"
    with pytest.raises(ValidationError, match="not held"):
        handling.force_message(message=message, by=user)


@pytest.mark.parametrize(
    ("why", "stands"), [("refused", False), ("bounced", True), ("complained", True)]
)
def test_a_server_that_takes_what_it_refused_lifts_the_mark(
    server: MailServer, why: str, stands: bool
) -> None:
    message, other = held_letter(), queue_letter(key="another")
    assert run_delivery(other).state == "held"
    Unreachable.objects.update(why=why)

    handling.force_message(message=message, by=UserFactory.create())
    run_delivery(message)

    other.refresh_from_db()
    assert Unreachable.objects.standing().exists() == stands
    assert other.state == ("held" if stands else "queued")


def test_once_the_mark_is_lifted_what_was_held_leaves(server: MailServer) -> None:
    message, user = held_letter(private_url=SECRET_URL), UserFactory.create()

    assert handling.lift_mark(message=message, by=user) == 1

    mark = Unreachable.objects.get()
    assert (mark.lifted_by, mark.lifted_at is not None) == (user, True)
    assert run_delivery(message).state == "sent"
    with pytest.raises(ValidationError, match="takes mail"):
        handling.lift_mark(message=message, by=user)
    assert done_with(message) == ["lifted"]


def test_a_held_message_goes_to_another_address_with_its_link(server: MailServer) -> None:
    message, user = held_letter(private_url=SECRET_URL), UserFactory.create()

    other = handling.redirect_message(message=message, to_email="a.diallo@client.example", by=user)

    message.refresh_from_db()
    assert (message.state, message.private_url) == ("cancelled", "")
    assert message.error == f"Sent to another address instead: message {other.pk}."
    assert run_delivery(other).state == "sent"
    ((_, recipients, mail),) = server.received
    assert recipients == ["a.diallo@client.example"]
    assert SECRET_URL in mail.get_body(("plain",)).get_content()
    assert other.uuid != message.uuid


@pytest.mark.parametrize(
    ("to_email", "code"),
    [
        ("AMINA@client.example", "same"),
        ("dead@client.example", "unreachable"),
        ("nobody", "invalid"),
        ("a@client.example\nBcc: b@client.example", "invalid"),
    ],
)
def test_another_address_that_will_not_do_is_refused(to_email: str, code: str) -> None:
    message = held_letter()
    addresses.mark_unreachable(email="dead@client.example", why=BOUNCED)

    with pytest.raises(ValidationError) as refusal:
        handling.redirect_message(message=message, to_email=to_email, by=UserFactory.create())

    assert refusal.value.code == code
    message.refresh_from_db()
    assert (message.state, Message.objects.count()) == ("held", 1)


@pytest.mark.parametrize("state", ["queued", "unsure", "held"])
def test_what_waits_is_cancelled_and_does_not_leave(server: MailServer, state: str) -> None:
    message, user = queue_letter(private_url=SECRET_URL), UserFactory.create()
    Message.objects.update(state=state)

    handling.cancel_message(message=message, by=user)
    run_delivery(message)

    assert (message.state, message.error, message.private_url) == (
        *("cancelled", "Cancelled by staff."),
        "",
    )
    assert server.received == []
    assert Handling.objects.get().by == user


@pytest.mark.parametrize("state", ["sending", "kept", "refused", "failed", "cancelled"])
def test_what_does_not_wait_is_not_cancelled(state: str) -> None:
    message = queue_letter()
    Message.objects.update(state=state)

    with pytest.raises(ValidationError) as refusal:
        handling.cancel_message(message=message, by=UserFactory.create())

    assert refusal.value.code == "conflict"
    assert Message.objects.get().state == state
    assert not Handling.objects.exists()


def test_what_staff_say_came_back_marks_its_address_until_they_lift_it(server: MailServer) -> None:
    message, user = run_delivery(queue_letter()), UserFactory.create()

    handling.note_return(message=message, by=user)

    message.refresh_from_db()
    assert (message.state, message.arrival, message.is_lost) == ("sent", "bounced", True)
    mark = addresses.mark_of(message.to_email)
    assert mark is not None
    assert (mark.why, mark.message) == (BOUNCED, message)
    other = run_delivery(queue_letter(key="another"))
    assert (other.state, len(server.received)) == ("held", 1)
    with pytest.raises(ValidationError, match="may have arrived"):
        handling.note_return(message=message, by=user)
    assert handling.lift_mark(message=message, by=user) == 1
    assert done_with(message) == ["returned", "lifted"]


@pytest.mark.parametrize("state", ["queued", "sending", "held", "kept", "refused", "cancelled"])
def test_what_has_not_left_cannot_have_come_back(state: str) -> None:
    message = queue_letter()
    Message.objects.update(state=state)

    with pytest.raises(ValidationError) as refusal:
        handling.note_return(message=message, by=UserFactory.create())

    assert refusal.value.code == "conflict"
    assert Message.objects.get().arrival == ""
    assert not Handling.objects.exists()
    assert not Unreachable.objects.exists()


def test_what_came_back_from_an_address_that_was_erased_marks_none(server: MailServer) -> None:
    message = run_delivery(queue_letter())
    Message.objects.update(to_email=ERASED_EMAIL)

    with pytest.raises(ValidationError) as refusal:
        handling.note_return(message=message, by=UserFactory.create())

    assert refusal.value.code == "emptied"
    assert not Handling.objects.exists()
    assert not Unreachable.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_said_twice_at_once_that_it_came_back_it_is_on_record_once(server: MailServer) -> None:
    message, user = run_delivery(queue_letter()), UserFactory.create()

    said = racing.race(*[partial(attempted, handling.note_return, message, user)] * 2)

    assert sorted(said) == ["conflict", "done"]
    assert done_with(message) == ["returned"]


def test_cancelled_and_sent_again_and_again_it_leaves_each_time(server: MailServer) -> None:
    message, user = queue_letter(), UserFactory.create()
    for _ in range(2):
        handling.cancel_message(message=message, by=user)
        handling.resend_message(message=message, by=user)

    assert run_delivery(message).state == "sent"
    assert done_with(message) == ["cancelled", "resent", "cancelled", "resent"]


@pytest.mark.django_db(transaction=True)
def test_an_address_marked_by_many_at_once_is_marked_once() -> None:
    mark = partial(addresses.mark_unreachable, email="a@client.example", why=BOUNCED)

    assert len({row.pk for row in racing.race(*[mark] * 3)}) == 1
    assert Unreachable.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_cancelled_and_let_go_at_once_it_does_not_leave() -> None:
    message, user = held_letter(), UserFactory.create()

    both = (handling.force_message, handling.cancel_message)
    said = racing.race(*[partial(attempted, verb, message, user) for verb in both])
    message.refresh_from_db()
    # Let go first, it may still be cancelled; cancelled first, it may not be let go.
    assert (said, message.state) in [
        (["done", "done"], "cancelled"),
        (["conflict", "done"], "cancelled"),
    ]
