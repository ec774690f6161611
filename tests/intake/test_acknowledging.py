from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from intake import acknowledging, after_sending, policies, screening, submission, suggesting
from intake.models import Deadline, Lead
from jobs import working
from jobs.models import Job
from mail import outbox
from mail.models import Message
from tests import factories, racing


def acknowledged(**content) -> tuple[Message, str]:
    """The acknowledgement of a new lead, and the address of the lead's status page."""
    lead = factories.new_lead(**content)
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    return Message.objects.get(), f"/request/{submission.status_token(lead)}/"


@pytest.mark.django_db
def test_the_client_is_told_in_english(settings):
    message, address = acknowledged(full_name="Aïcha <b>", email="aicha@client.example")

    reference = message.reference
    assert (message.to_email, message.to_name) == ("aicha@client.example", "Aïcha <b>")
    assert message.subject == f"We have your request {reference}"
    assert "Dear Aïcha <b>," in message.text
    assert "Dear Aïcha &lt;b&gt;," in message.html
    assert reference in message.text
    assert reference in message.html
    assert message.private_url == f"{settings.SITE_URL}{address}"


@pytest.mark.django_db
def test_the_private_link_is_not_in_the_stored_text():
    message, address = acknowledged()

    token = address.split("/")[2]
    assert outbox.PRIVATE_LINK in message.text
    assert outbox.PRIVATE_LINK in message.html
    assert token not in message.text + message.html + message.subject


SUBJECTS = {
    "en": "We have your request",
    "fr": "Nous avons bien reçu votre demande",
    "pt": "Recebemos o seu pedido",
    "ar": "وصلنا طلبك",
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", SUBJECTS)
def test_each_language_of_the_house_is_spoken(language):
    message, _ = acknowledged(language=language)

    direction = "rtl" if language == "ar" else "ltr"
    assert message.language == language
    assert message.subject == f"{SUBJECTS[language]} {message.reference}"
    assert f'<html lang="{language}" dir="{direction}">' in message.html
    english = ("Dear", "Your request", "mailbox")
    spoken = [word for word in english if word in message.text + message.html]
    assert bool(spoken) == (language == "en")


@pytest.mark.django_db
def test_what_the_client_asked_for_is_not_mailed_back():
    message, _ = acknowledged(needs="Zanzibar", organisation="Quixotic", phone="+2250102030405")

    everything = message.text + message.html + message.subject
    assert not [word for word in ("Zanzibar", "Quixotic", "+2250102030405") if word in everything]


@pytest.mark.parametrize(
    "name",
    [
        "Aïcha Example",
        "J. R. O'Neill-Smith, Jr.",
        "محمد بن سلمى",
        "Nguyễn Văn A",
        "Ọlá",
        "李 明",
        "x" * 80,
    ],
)
def test_names_of_the_world_are_greeted(name):
    assert acknowledging.name_to_greet(name) == name


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        "Win at evil.example",
        "See https://evil",
        "Call 0900",
        "mail me@evil",
        "a_b",
        "50% off",
        "x" * 81,
    ],
)
def test_the_mail_carries_no_stranger_s_words_to_a_third_person(words):
    message, _ = acknowledged(full_name=words, email="victim@client.example")

    assert message.to_name == ""
    assert words not in message.text + message.html + message.subject
    assert message.text.startswith("Hello,\n")


@pytest.mark.django_db
def test_asked_twice_it_is_one_message():
    lead = factories.new_lead()

    acknowledging.acknowledge_lead(lead_id=lead.pk)
    acknowledging.acknowledge_lead(lead_id=lead.pk)

    assert Message.objects.get().key == f"acknowledgement:lead:{lead.pk}"
    assert Job.objects.filter(kind="mail.deliver").count() == 1


@pytest.mark.django_db
def test_the_jobs_of_a_request_do_their_work_and_each_once():
    """By their kinds, as a worker finds them: matched, routed, acknowledged, read; a second run finds nothing to do."""
    factories.DeskFactory()
    owner = factories.AdviserFactory()
    lead = factories.new_lead(organisation="Sahel")
    jobs = list(Job.objects.filter(subject_id=lead.pk, key=f"lead:{lead.pk}").order_by("pk"))

    ran = [working.run_job(job.pk) for job in jobs]
    ran_again = [working.run_job(job.pk) for job in jobs]
    notice = Job.objects.get(kind="intake.notify_owner")
    told = [working.run_job(notice.pk), working.run_job(notice.pk)]

    lead.refresh_from_db()
    assert (ran, ran_again) == ([True] * 3, [False] * 3)
    assert told == [True, False]
    assert (lead.owner, lead.status, lead.organisation.name) == (owner, "routed", "Sahel")
    assert sorted(Message.objects.values_list("template", flat=True)) == [
        "intake/mail/acknowledgement",
        "intake/mail/notice",
    ]
    assert set(Job.objects.filter(key=f"lead:{lead.pk}").values_list("state", flat=True)) == {
        "done"
    }


def routing_was_tried() -> None:
    """And failed: until then nobody takes along what comes after it."""
    Job.objects.filter(kind="intake.route_lead").update(attempts=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "done"),
    [("acknowledge", screening.screen_lead), ("read_needs", suggesting.read_lead)],
)
def test_all_leads_are_locked_in_order_before_those_are_that_have_more_to_be_done(kind, done):
    first, second = factories.new_lead(), factories.new_lead()
    done(lead_id=first.pk)
    routing_was_tried()
    job = Job.objects.get(kind=f"intake.{kind}", subject_id=first.pk)

    with transaction.atomic():
        Lead.objects.select_for_update().get(pk=first.pk)
        worker = racing.Race(partial(working.run_job, job.pk))
        racing.wait_for_blocked(1)
        # Else each would wait for what the other has.
        assert Lead.objects.select_for_update(nowait=True).get(pk=second.pk) == second

    assert worker.results() == [True]
    assert Job.objects.filter(kind=f"intake.{kind}", state="done").count() == 2


@pytest.mark.django_db
def test_many_are_acknowledged_in_as_many_statements_as_one():
    policies.current()  # made once
    counts = []
    for number in (1, 8):
        leads = [factories.new_lead(organisation="Sahel") for _ in range(number)]
        screening.passing([lead.pk for lead in leads])
        routing_was_tried()
        jobs = Job.objects.filter(kind="intake.acknowledge", state="pending")
        with CaptureQueriesContext(connection) as queries:
            working.run_job(jobs.order_by("pk")[0].pk)
        counts.append(len(queries))
        assert not jobs.exists()

    assert counts == [19, 19]  # six of them savepoints, for three transactions within another
    assert Message.objects.count() == Job.objects.filter(kind="mail.deliver").count() == 9
    assert Deadline.objects.filter(stage="first_answer").count() == 9


@pytest.mark.django_db
def test_of_many_each_gets_its_own_and_who_is_held_back_or_erased_none():
    fine, held, erased, corrected = (
        factories.new_lead(email=f"{name}@client.example") for name in "abcd"
    )
    screening.passing([fine.pk, erased.pk, corrected.pk])
    Lead.objects.filter(pk=held.pk).update(status="quarantined")
    Lead.objects.filter(pk=erased.pk).update(erased_at="2026-01-01T00:00:00Z")
    details = after_sending.ContactDetails("Dora Example", "dora@client.example", "")
    after_sending.correct_contact(lead=corrected, details=details)
    Job.objects.filter(subject_id=fine.pk).update(request_id="r-of-a")

    for job in Job.objects.filter(kind="intake.acknowledge").order_by("pk"):
        working.run_job(job.pk)

    told = dict(Message.objects.values_list("to_email", "reference"))
    assert told == {
        "a@client.example": fine.reference,
        "dora@client.example": corrected.reference,
    }
    message = Message.objects.get(to_email="a@client.example")
    assert submission.status_token(fine) in message.private_url
    assert Job.objects.get(kind="mail.deliver", subject_id=message.pk).request_id == "r-of-a"
    done = Job.objects.filter(kind="intake.acknowledge").values_list("state", "attempts")
    assert set(done) == {("done", 1)}


WARNINGS = {
    "en": ("He was kidnapped.", "This is not an emergency line."),
    "fr": ("Il a été enlevé.", "Ceci n’est pas une ligne d’urgence."),
    "pt": ("Ele foi raptado.", "Esta não é uma linha de emergência."),
    "ar": ("اختطف زميلنا", "هذا ليس خط طوارئ."),
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", WARNINGS)
def test_words_of_duty_of_care_are_answered_with_where_to_call(language):
    needs, warning = WARNINGS[language]

    message, _ = acknowledged(language=language, needs=needs)

    assert warning in message.text
    assert warning in message.html
    assert needs not in message.text + message.html


@pytest.mark.django_db
def test_what_a_worker_has_read_is_not_read_again(monkeypatch):
    lead = factories.new_lead(needs=WARNINGS["en"][0])
    suggesting.read_lead(lead_id=lead.pk)
    monkeypatch.setattr(suggesting.needs, "needs_urgent_help", lambda text: 1 / 0)

    acknowledging.acknowledge_lead(lead_id=lead.pk)

    assert WARNINGS["en"][1] in Message.objects.get().text


@pytest.mark.django_db
def test_the_reference_is_not_broken_over_two_lines_and_keeps_its_order_among_arabic_words():
    message, _ = acknowledged(language="ar")

    assert f'<bdi style="white-space:nowrap">{message.reference}</bdi>' in message.html


@pytest.mark.django_db
def test_without_such_words_the_usual_line_stands():
    message, _ = acknowledged(needs="An evacuation plan for our office.")

    assert "This is not an emergency line." not in message.text
    assert "Life in danger now?" in message.text


@pytest.mark.django_db
def test_without_a_chosen_language_the_text_s_own_is_spoken():
    message, _ = acknowledged(
        language="", needs="Nous avons besoin d'une escorte pour nos camions."
    )

    assert message.language == "fr"
    assert message.subject.startswith(SUBJECTS["fr"])
