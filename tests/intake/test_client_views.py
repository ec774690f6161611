import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import private_links
from briefs.models import Actor
from intake import stages, submission
from intake.models import Lead, Status
from tests import factories
from tests.intake.pages import Page
from tests.intake.typed import ADDRESS, FOUR


@pytest.mark.django_db
def test_the_status_page_shows_what_was_sent(client):
    brief = factories.BriefFactory(title="Fuel & trucks")
    response = client.post(
        ADDRESS,
        FOUR
        | {"needs": "Two convoys.\r\n<b>Soon</b>", "brief": brief.slug}
        | {"attachments": SimpleUploadedFile("a<b>.txt", b"x")},
        follow=True,
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert Lead.objects.get().reference in html
    assert "Two convoys.<br>&lt;b&gt;Soon&lt;/b&gt;" in html
    assert "a&lt;b&gt;.txt" in html
    assert (brief.get_absolute_url(), "Fuel & trucks") in Page(response).links


@pytest.mark.django_db
def test_the_status_page_says_every_answer_in_the_words_of_the_form(client):
    Actor.objects.create(slug="jnim", name="JNIM", kind="armed_group")
    lead = factories.new_lead(
        services=["route-assessment", "gone"], countries_of_interest=["ML", "NE"], actors=["jnim", "lost"],
        timeframe="days", budget="5k-20k", organisation="Example SA", job_title="<Chief>", country="FR", language="ar",
    )  # fmt: skip

    page = client.get(f"/request/{submission.status_token(lead)}/?language=fr").content.decode()

    for label, said in (
        ("Services", "Évaluation d’itinéraires et de déplacements, gone"), ("Pays concernés", "Mali, Niger"),
        ("Groupes concernés", "JNIM, lost"), ("Pour quand\u202f?", "Sous quelques jours"),
        ("Budget", "5\u202f000 à 20\u202f000 EUR"), ("Organisation", "Example SA"), ("Fonction", "&lt;Chief&gt;"),
        ("Où vous êtes", "France"), ("Langue de notre réponse", "العربية"),
    ):  # fmt: skip
        assert f"<dt>{label}</dt><dd><bdi>{said}</bdi></dd>" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("needs", "marked"),
    [
        (
            "نحتاج مرافقة أمنية لفريقنا في باماكو لمدة ثلاثة أسابيع.",
            '<dd class="typed" lang="ar" dir="auto">',
        ),
        ("Gao", '<dd class="typed" dir="auto">'),
    ],
)
def test_the_client_s_own_words_say_their_language_to_a_screen_reader(client, needs, marked):
    lead = factories.new_lead(needs=needs, language="")

    page = client.get(f"/request/{submission.status_token(lead)}/?language=fr").content.decode()

    assert f"{marked}{needs}" in page


STAGES = {
    Status.NEW: "We have your request",
    Status.QUARANTINED: "We have your request",
    Status.ROUTED: "An adviser has your request",
    Status.CONTACTED: "Your adviser is in touch with you",
    Status.QUALIFIED: "Your adviser is in touch with you",
    Status.PROPOSAL: "Your proposal",
    Status.WON: "We work for you",
    Status.LOST: "This request is closed",
    Status.DISQUALIFIED: "This request is closed",
}


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(Status))
def test_each_status_has_its_words_and_names_nobody(client, status):
    lead = factories.lead_of(status=status)

    html = client.get(f"/request/{submission.status_token(lead)}/").content.decode()

    assert f"<h1>{STAGES[status]}</h1>" in html
    assert ("What happens next" in html) == (status in stages.BEFORE_THE_ANSWER)
    assert ("Send a new request</a>" in html) == (lead.closed_at is not None)
    assert "quarantine" not in html
    assert lead.owner is None or lead.owner.user.full_name not in html


@pytest.mark.django_db
def test_any_wrong_link_is_the_same_404(client):
    lead = factories.new_lead()
    right = submission.status_token(lead)
    other_purpose = private_links.make_token("proposals.client_page", lead.link_seed)
    wrong = [right[:-1], right + "A", right.swapcase(), lead.reference, lead.link_digest]
    wrong += [str(lead.link_seed), other_purpose, "%00", "%ED%A0%80", "%E2%80%AE", "x" * 5000, "é"]

    answers = [client.get(f"/request/{token}/") for token in wrong]

    assert client.get(f"/request/{right}/").status_code == 200
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "<h1>This link does not work</h1>" in answers[0].content.decode()
    assert f'<a href="mailto:{settings.HOUSE["email"]}">' in answers[0].content.decode()


@pytest.mark.django_db
def test_the_status_page_costs_five_statements_and_takes_no_post(client):
    lead = factories.new_lead()
    address = f"/request/{submission.status_token(lead)}/"

    with CaptureQueriesContext(connection) as queries:
        client.get(address)

    assert len(queries) == 5  # lead, contact, whether mail reaches it, files, additions
    assert Client(enforce_csrf_checks=True).post(address).status_code == 405


@pytest.mark.django_db
def test_the_link_in_mails_opens_also_when_the_key_was_changed_since(client, settings):
    before = factories.new_lead()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" * 6, [settings.SECRET_KEY]

    for lead in (before, factories.new_lead()):
        assert client.get(f"/request/{submission.status_token(lead)}/").status_code == 200
