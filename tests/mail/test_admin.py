from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from mail import addresses, handling
from mail.models import Message
from tests.factories import UserFactory
from tests.mail.making import queue_letter

pytestmark = pytest.mark.django_db
MESSAGES = reverse("admin:mail_message_changelist")
SECRET_URL = "http://localhost:8000/p/secret-token/"


def log_in(client: Client, role: str) -> Client:
    client.force_login(UserFactory.create(roles=[role]))
    return client


def page_of(message: Message) -> str:
    return reverse("admin:mail_message_change", args=[message.pk])


def resend(client: Client, *messages: Message) -> Any:
    data = {"action": "resend", "_selected_action": [message.pk for message in messages]}
    return client.post(MESSAGES, data)


def test_the_messages_are_for_the_roles_that_watch_over_them(client: Client) -> None:
    page = page_of(queue_letter())
    for address in (MESSAGES, page):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/staff/login/?next={address}")

    log_in(client, "adviser")
    assert [client.get(address).status_code for address in (MESSAGES, page)] == [403, 403]
    for role in ("desk lead", "auditor"):
        log_in(client, role)
        assert [client.get(address).status_code for address in (MESSAGES, page)] == [200, 200]


def test_a_list_of_three_asks_the_database_as_often_as_a_list_of_one(client: Client) -> None:
    log_in(client, "desk lead")
    counts = []
    for keys in (["a"], ["b", "c"]):
        for key in keys:
            queue_letter(key=key)
        client.get(MESSAGES)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(MESSAGES).content
        assert page.count(b"amina@client.example") >= Message.objects.count()
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10


def test_the_text_can_be_read_and_nothing_edited(client: Client) -> None:
    message = queue_letter(context={"name": "<b>Amina</b>"})
    log_in(client, "desk lead")

    page = client.get(page_of(message)).content.decode()
    assert "Dear &lt;b&gt;Amina&lt;/b&gt;," in page
    assert 'name="subject"' not in page

    assert client.post(page_of(message), {"subject": "x"}).status_code == 403
    assert client.post(reverse("admin:mail_message_delete", args=[message.pk])).status_code == 403
    assert client.get(reverse("admin:mail_message_add")).status_code == 403
    assert Message.objects.get().subject == "About <b>Amina</b>"


@pytest.mark.parametrize("state", ["queued", "sending", "unsure", "held", "refused", "failed"])
def test_nobody_reads_a_private_link_that_its_reader_may_still_get(
    client: Client, state: str
) -> None:
    message = queue_letter(private_url=SECRET_URL)
    Message.objects.update(state=state)

    for role in ("auditor", "desk lead"):
        log_in(client, role)
        for address in (MESSAGES, page_of(message)):
            page = client.get(address).content.decode()
            assert "secret-token" not in page
            assert "private-link.invalid" not in page
    assert "[private link]" in page


def test_what_no_server_carries_is_handed_on_by_who_may_act(client: Client) -> None:
    message = queue_letter(private_url=SECRET_URL)
    Message.objects.update(state="kept")

    log_in(client, "auditor")
    assert "secret-token" not in client.get(page_of(message)).content.decode()
    log_in(client, "desk lead")
    assert f'<a href="{SECRET_URL}">' in client.get(page_of(message)).content.decode()


def test_send_again_says_for_each_message_what_came_of_it(client: Client) -> None:
    failed, waiting = queue_letter(key="a"), queue_letter(key="b", context={"name": "Badu"})
    Message.objects.filter(pk=failed.pk).update(state="failed")

    answer = resend(log_in(client, "desk lead"), failed, waiting)

    told = sorted(str(message) for message in get_messages(answer.wsgi_request))
    assert told == [
        "1 message will be sent again.",
        "About Badu → amina@client.example: This message is on its way already.",
    ]
    assert Job.objects.filter(subject_id=failed.pk).count() == 2
    assert Job.objects.filter(subject_id=waiting.pk).count() == 1


def test_who_may_only_look_is_not_offered_to_send_again_and_cannot_force_it(client: Client) -> None:
    failed = queue_letter()
    Message.objects.update(state="failed")
    assert b'value="resend"' in log_in(client, "desk lead").get(MESSAGES).content

    log_in(client, "auditor")
    assert b'value="resend"' not in client.get(MESSAGES).content
    resend(client, failed)
    assert resend(log_in(client, "adviser"), failed).status_code == 403

    assert Message.objects.get().state == "failed"
    assert Job.objects.count() == 1


# --- One message, and what may be done about it


def verb(message: Message, name: str) -> str:
    return reverse("admin:mail_message_verb", args=[message.pk, name])


def offered(client: Client, message: Message) -> list[str]:
    return [b["verb"].name for b in client.get(page_of(message)).context["verb_buttons"]]


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("queued", ["cancel"]),
        ("sending", []),
        ("unsure", ["cancel"]),
        ("sent", ["resend", "return"]),
        ("refused", ["resend", "redirect"]),
        ("failed", ["resend", "redirect"]),
        ("kept", ["resend"]),
        ("held", ["force", "redirect", "cancel"]),
        ("cancelled", ["resend"]),
    ],
)
def test_each_state_offers_what_makes_sense_to_those_who_may(
    client: Client, state: str, names: list[str]
) -> None:
    message = queue_letter()
    sent_at = timezone.now() if state == "sent" else None
    Message.objects.update(state=state, sent_at=sent_at)

    assert offered(log_in(client, "desk lead"), message) == names
    assert offered(log_in(client, "auditor"), message) == []


@pytest.mark.parametrize("state", ["sent", "refused", "failed", "kept", "cancelled"])
def test_a_message_whose_words_were_erased_is_not_sent_again(client: Client, state: str) -> None:
    message = queue_letter()
    sent_at = timezone.now() if state == "sent" else None
    Message.objects.update(state=state, sent_at=sent_at, text="", html="")
    log_in(client, "desk lead")

    assert offered(client, message) == (["return"] if state == "sent" else [])
    again = client.post(verb(message, "resend"))
    client.post(verb(message, "redirect"), {"to_email": "b@client.example"})

    assert [str(message) for message in get_messages(again.wsgi_request)] == [
        "The words of this message are no longer kept: nothing is left to send."
    ]
    assert Message.objects.get().state == state


@pytest.mark.parametrize("name", ["resend", "force", "redirect", "lift", "return", "cancel"])
def test_who_may_only_look_cannot_press_any_button(client: Client, name: str) -> None:
    message = queue_letter()
    Message.objects.update(state="held")
    log_in(client, "auditor")

    assert client.post(verb(message, name), {"to_email": "b@client.example"}).status_code == 403
    assert log_in(client, "adviser").post(verb(message, name)).status_code == 403
    client.logout()
    assert client.post(verb(message, name)).status_code == 302

    assert (Message.objects.get().state, Job.objects.count()) == ("held", 1)


def test_a_held_message_is_sent_elsewhere_by_a_form_that_keeps_what_was_typed(
    client: Client,
) -> None:
    message = queue_letter()
    Message.objects.update(state="held")
    log_in(client, "desk lead")
    form = client.get(verb(message, "redirect"), {"to_email": "b@client.example"})
    assert b'value="b@client.example"' in form.content
    assert "the message to the old one is cancelled" in form.text
    assert "private link" not in form.text
    Message.objects.update(private_url="https://www.derisk.example/p/x/", has_private_url=True)
    linked = client.get(verb(message, "redirect")).text
    assert "It carries a private link: whoever reads that mailbox can open it." in linked

    refused = client.post(verb(message, "redirect"), {"to_email": message.to_email})
    assert refused.status_code == 400
    assert b"This is the address that it has." in refused.content

    done = client.post(verb(message, "redirect"), {"to_email": "b@client.example"})
    other = Message.objects.get(to_email="b@client.example")
    assert done["Location"] == page_of(other)


def test_the_page_says_that_the_address_takes_no_mail_and_what_was_told_and_done(
    client: Client,
) -> None:
    message = queue_letter()
    Message.objects.update(may_be_double=True)
    addresses.mark_unreachable(email=message.to_email, why="bounced", code="550", message=message)
    message.events.create(
        provider="mailgun", event_id="1", kind="bounced", code="550", happened_at=timezone.now()
    )
    user = UserFactory.create(full_name="Desk Lead")
    handling.cancel_message(message=message, by=user)

    page = log_in(client, "auditor").get(page_of(message)).content.decode()

    assert "Mail to this address does not arrive: mail to it came back (550), since" in page
    assert "It may have arrived twice" in page
    assert "Came back" in page
    assert "Cancelled · Desk Lead" in page


def test_the_list_is_filtered_by_state_and_fault_and_found_by_reference(client: Client) -> None:
    queue_letter(key="a", reference="R-1")
    queue_letter(key="b", reference="R-2")
    Message.objects.filter(key="b").update(state="held", failure="address", may_be_double=True)
    log_in(client, "desk lead")

    for query in ("state=held", "failure=address", "may_be_double__exact=1", "q=R-2"):
        rows = client.get(f"{MESSAGES}?{query}").context["cl"].result_list
        assert [row.key for row in rows] == ["b"], query


def test_the_list_says_that_no_mail_leaves(client: Client) -> None:
    queue_letter()
    log_in(client, "desk lead")
    assert b"1 message waits" not in client.get(MESSAGES).content

    Message.objects.update(failure="ours")

    assert b"1 message waits: the mail server does not answer us" in client.get(MESSAGES).content
