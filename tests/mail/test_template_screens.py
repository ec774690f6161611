"""The staff's pages of mail templates: who may, what they show, and that what was typed stays."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from mail import catalogue, rewording
from mail.models import Message, TemplateText
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST = "/staff/mail/templatetext/"
PAGE = f"{LIST}request-arrived/en/"
NAME = "intake/mail/acknowledgement"


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(UserFactory.create(roles=[role]))
    return client


def words(**changes: str) -> dict[str, str]:
    subject, body = catalogue.find(NAME).built_in("en")
    return {"subject": subject, "body": f"{body}\n\nMore.", "seen": "0"} | changes


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("desk lead", 200, 302),
        ("auditor", 200, 403),
        ("analyst", 403, 403),
        ("adviser", 403, 403),
        ("approver", 403, 403),
    ],
)
def test_desk_leads_reword_auditors_read_and_others_see_nothing(
    role: str, reads: int, writes: int
) -> None:
    client = client_of(role)

    assert [client.get(address).status_code for address in (LIST, PAGE)] == [reads, reads]
    for button in ("preview", "test", "reset", "save"):
        status = client.post(PAGE, words(**{button: "1"})).status_code
        assert status == writes or (writes == 302 and status in (200, 400))
    assert TemplateText.objects.exists() == Message.objects.exists() == (writes == 302)
    assert Client().get(PAGE)["Location"] == f"/staff/login/?next={PAGE}"


@pytest.mark.parametrize(
    "address", [f"{LIST}no-such/en/", f"{LIST}request-arrived/xx/", f"{LIST}client-news/fr/"]
)
def test_an_address_of_nothing_is_not_found(address: str) -> None:
    assert client_of("desk lead").get(address).status_code == 404


def test_a_preview_shows_the_mail_as_it_would_leave_and_stores_nothing() -> None:
    page = client_of("desk lead").post(PAGE, words(preview="1", subject="Hm {{ reference }}"))

    html = page.content.decode()
    assert page.status_code == 200
    assert "<strong>Hm R-26-EXAMPLE</strong>" in html
    assert 'sandbox="" srcdoc="&lt;!doctype html&gt;' in html
    assert "Dear Amina Example,\n" in html
    assert not TemplateText.objects.exists()


def test_what_is_being_written_is_sent_to_whoever_writes_it_and_saved_nowhere() -> None:
    client = client_of("desk lead")

    page = client.post(PAGE, words(test="1", subject="Hm {{ reference }}"))

    message = Message.objects.get()
    assert message.to_email == page.wsgi_request.user.email
    assert (message.subject, message.reference) == ("[Test] Hm R-26-EXAMPLE", "")
    assert "\n\nMore.\n" in message.text
    assert "Dear Amina Example," in message.html
    assert Job.objects.get().subject_id == message.pk
    html = page.content.decode()
    assert f"It goes to {message.to_email} with made-up values. Nothing is saved by that." in html
    assert 'value="Hm {{ reference }}"' in html
    assert not TemplateText.objects.exists()


def test_words_that_no_mail_can_be_made_of_are_not_sent_for_a_look_either() -> None:
    page = client_of("desk lead").post(PAGE, words(test="1", body="{{ nme }}"))

    assert page.status_code == 400
    assert not Message.objects.exists()


def test_a_preview_in_arabic_says_the_hour_in_arabic() -> None:
    html = client_of("desk lead").get(f"{LIST}request-arrived/ar/").content.decode()

    assert "الجمعة، 5 مارس 2027، 16:00 في لاغوس (15:00 UTC)" in html


def test_a_refusal_keeps_what_was_typed_beside_what_to_mend() -> None:
    page = client_of("desk lead").post(PAGE, words(save="1", body="<b>My words</b> {{ nme }}"))

    html = page.content.decode()
    assert page.status_code == 400
    assert "&lt;b&gt;My words&lt;/b&gt; {{ nme }}" in html
    assert "{{ nme }} does not exist here. These do: {{ reference }}," in html
    assert not TemplateText.objects.exists()


def test_saved_read_put_back_and_reset() -> None:
    client = client_of("desk lead")

    assert client.post(PAGE, words(save="1")).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Saved. Mails that are queued from now on say this." in page
    assert "Version 1" in page
    assert "Back to the words it came with" in page
    assert "reworded by" in client.get(LIST).content.decode()

    conflict = client.post(PAGE, words(save="1", subject="Other {{ reference }}"))
    assert b"Somebody else has changed these words" in conflict.content
    assert b'name="seen" value="1"' in conflict.content

    assert client.post(PAGE, {"seen": "1", "reset": "1"}).status_code == 302
    assert "More." not in client.get(PAGE).context["form"].initial["body"]
    assert "More." in client.get(f"{PAGE}?version=1").context["form"].initial["body"]
    assert client.get(f"{PAGE}?version=9999999999999999999999").status_code == 200


def test_an_upgrade_that_brings_other_words_is_said() -> None:
    TemplateText.objects.create(
        template=NAME,
        language="en",
        number=1,
        subject="Hm {{ reference }}",
        body=words()["body"],
        built_in_digest="of another time",
        by=UserFactory.create(),
    )
    assert rewording.current(catalogue.find(NAME), "en")[2] is not None

    assert "An upgrade brought other words" in client_of("auditor").get(PAGE).content.decode()


def test_the_list_costs_one_statement_however_much_was_written() -> None:
    client = client_of("desk lead")
    counts = []
    for number in (1, 2, 3):
        TemplateText.objects.create(
            template=NAME, language="en", number=number, is_reset=True, by=UserFactory.create(),
            built_in_digest="x",
        )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]
