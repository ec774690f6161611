from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template import TemplateDoesNotExist
from pytest_django import Settings

from jobs.models import Job
from mail.models import Message
from mail.outbox import PRIVATE_LINK
from tests import racing
from tests.mail.making import job_of, queue_letter

pytestmark = pytest.mark.django_db
SECRET_URL = "http://localhost:8000/p/secret-token/"


def test_stores_the_message_and_the_job_that_sends_it() -> None:
    message = queue_letter()

    assert (message.to_email, message.to_name) == ("amina@client.example", "Amina Diallo")
    assert (message.template, message.language, message.reference) == ("tests/letter", "en", "R-1")
    assert (message.state, message.attempts, message.sent_at) == ("queued", 0, None)
    job = job_of(message)
    assert (job.key, job.state) == (f"message:{message.pk}", "pending")


def test_renders_subject_text_and_html() -> None:
    message = queue_letter(private_url=SECRET_URL)

    assert message.subject == "About Amina"
    assert message.text == f"Dear Amina,\n\n{PRIVATE_LINK}\n\nhttp://localhost:8000\n"
    assert f'<p>Dear Amina, <a href="{PRIVATE_LINK}">open</a></p>' in message.html
    assert '<html lang="en" dir="ltr">' in message.html


def test_the_private_link_stands_beside_the_text_and_not_in_it() -> None:
    message = queue_letter(private_url=SECRET_URL)

    assert message.private_url == SECRET_URL
    assert message.has_private_url
    assert "secret-token" not in message.subject + message.text + message.html


def test_renders_in_the_readers_language_with_the_english_one_where_there_is_none() -> None:
    french = queue_letter(language="fr")

    assert french.subject == "Au sujet de Amina"
    assert french.text.startswith("Bonjour Amina,")
    assert "<p>Dear Amina," in french.html  # there is no French one
    assert '<html lang="fr" dir="ltr">' in french.html

    portuguese = queue_letter(language="pt", key="letter:2")
    assert portuguese.subject == "About Amina"
    assert portuguese.language == "pt"


def test_a_letter_without_any_template_is_a_fault_and_stores_nothing() -> None:
    with pytest.raises(TemplateDoesNotExist):
        queue_letter(template="tests/typo")

    assert not Message.objects.exists()


def test_the_same_key_is_one_message_and_one_job() -> None:
    first = queue_letter()

    again = queue_letter(to_email="other@client.example", context={"name": "Other"})

    assert again == first
    assert again.to_email == "amina@client.example"
    assert (Message.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_is_one_message_and_one_job() -> None:
    messages = racing.race(*[partial(queue_letter)] * 4)

    assert len({message.pk for message in messages}) == 1
    assert (Message.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_goes_with_the_callers_transaction() -> None:
    def change_and_fail() -> None:
        with transaction.atomic():
            queue_letter()
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()

    assert (Message.objects.count(), Job.objects.count()) == (0, 0)


# --- Hostile words


@pytest.mark.parametrize(
    "line_break", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
)
def test_nothing_in_a_name_can_start_another_header(line_break: str) -> None:
    hostile = f"Amina{line_break}Bcc: thief@client.example"

    message = queue_letter(to_name=hostile, context={"name": hostile})

    assert message.to_name == "Amina Bcc: thief@client.example"
    assert len(message.subject.splitlines()) == 1
    assert message.subject.startswith("About Amina")


def test_a_long_subject_is_cut() -> None:
    assert len(queue_letter(context={"name": "x" * 500}).subject) == 300


def test_words_are_escaped_in_html_and_plain_in_text() -> None:
    message = queue_letter(context={"name": "<b>O'Brien & {{ site_url }}</b>"})

    assert message.subject == "About <b>O'Brien & {{ site_url }}</b>"
    assert message.text.startswith("Dear <b>O'Brien & {{ site_url }}</b>,")
    assert "Dear &lt;b&gt;O&#x27;Brien &amp; {{ site_url }}&lt;/b&gt;," in message.html


@pytest.mark.parametrize(
    "address",
    [
        "",
        "amina",
        "amina@client.example, thief@client.example",
        "amina@client.example\nBcc: thief@client.example",
        "Amina <amina@client.example>",
    ],
)
def test_anything_but_one_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        queue_letter(to_email=address)

    assert (Message.objects.count(), Job.objects.count()) == (0, 0)


def test_the_site_of_the_links_is_the_one_in_the_settings(settings: Settings) -> None:
    settings.SITE_URL = "https://www.derisk.example"

    assert queue_letter().text.endswith("https://www.derisk.example\n")
