from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.models import Job
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

    assert counts[0] == counts[1] <= 9


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


def test_the_private_link_is_shown_as_long_as_it_is_kept(client: Client) -> None:
    message = queue_letter(private_url=SECRET_URL)
    log_in(client, "desk lead")
    assert SECRET_URL in client.get(page_of(message)).content.decode()

    Message.objects.update(private_url="")

    page = client.get(page_of(message)).content.decode()
    assert "[private link, not kept]" in page
    assert "private-link.invalid" not in page


def test_send_again_says_for_each_message_what_came_of_it(client: Client) -> None:
    failed, waiting = queue_letter(key="a"), queue_letter(key="b", context={"name": "Badu"})
    Message.objects.filter(pk=failed.pk).update(state="failed")

    answer = resend(log_in(client, "desk lead"), failed, waiting)

    told = sorted(str(message) for message in get_messages(answer.wsgi_request))
    assert told == [
        "1 message(s) will be sent again.",
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
