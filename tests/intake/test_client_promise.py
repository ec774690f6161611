import pytest
from django.utils import timezone

from intake import client_promise, submission
from intake.models import Activity
from tests import factories
from tests.intake.clockwork import HOUR, ticking, utc

AT = utc("2027-03-05 15:00")


@pytest.mark.parametrize(
    ("country", "language", "words"),
    [
        ("NG", "en", "Friday 5 March 2027, 16:00 in Lagos (15:00 UTC)"),
        ("NG", "fr", "vendredi 5 mars 2027, 16:00 à Lagos (15:00 UTC)"),
        ("MZ", "pt", "sexta-feira, 5 de março de 2027, 17:00 em Maputo (15:00 UTC)"),
        ("EG", "ar", "الجمعة، 5 مارس 2027، 17:00 في القاهرة (15:00 UTC)"),
        ("CD", "en", "Friday 5 March 2027, 16:00 in Kinshasa, 17:00 in Lubumbashi (15:00 UTC)"),
        ("", "en", "Friday 5 March 2027, 15:00 UTC"),
        ("US", "en", "Friday 5 March 2027, 15:00 UTC"),
    ],
)
def test_a_moment_is_told_in_the_clients_time_and_in_utc(country, language, words):
    assert client_promise.in_words(AT, country, language) == words


def test_another_day_elsewhere_is_said():
    told = client_promise.in_words(utc("2027-03-05 22:30"), "KE", "en")

    assert told == "Saturday 6 March 2027, 01:30 in Nairobi (Friday 5 March 2027, 22:30 UTC)"


def page(client, lead, language: str = "en") -> str:
    address = f"/request/{submission.status_token(lead)}/?language={language}"
    return " ".join(client.get(address).content.decode().split())


LATER = timezone.now() + 30 * HOUR
BY = {
    "en": "Answer due by <strong>",
    "fr": "Réponse au plus tard le <strong>",
    "pt": "Resposta até <strong>",
    "ar": "الرد في موعد أقصاه <strong>",
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", BY)
def test_the_page_says_by_when(client, language):
    lead = factories.lead_of(country="NG")
    ticking(lead, LATER)

    told = client_promise.in_words(LATER, "NG", language)
    assert f"{BY[language]}{told}</strong>" in page(client, lead, language)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("first_answer", "We promised you an answer by"),
        ("proposal", "We promised you a proposal by"),
    ],
)
def test_the_page_says_honestly_that_we_are_late(client, stage, words):
    lead = factories.lead_of(status="routed" if stage == "first_answer" else "qualified")
    ticking(lead, timezone.now() - HOUR, stage)

    html = page(client, lead)

    assert words in html
    assert "are late" in html
    assert "due by" not in html


@pytest.mark.django_db
def test_the_page_says_that_we_wait(client):
    lead = factories.lead_of(status="qualified")
    ticking(lead, LATER, "proposal", paused_at=timezone.now(), time_left=HOUR, next_look_at=None)

    assert "We wait for something from you." in page(client, lead)


@pytest.mark.django_db
def test_what_we_promise_ourselves_is_not_told(client):
    lead = factories.lead_of(status="contacted")
    ticking(lead, LATER, "follow_up")

    assert "due by" not in page(client, lead)


@pytest.mark.django_db
def test_the_page_says_that_the_proposal_is_ready_until_its_time_is_over(client):
    lead = factories.lead_of(status="proposal")
    assert "Your proposal is ready" not in page(client, lead)

    Activity.objects.create(lead=lead, kind="proposal_sent", text="P-1")
    assert "Your proposal is ready" in page(client, lead)

    Activity.objects.create(lead=lead, kind="proposal_expired", text="P-1")
    assert "Your proposal is ready" not in page(client, lead)
