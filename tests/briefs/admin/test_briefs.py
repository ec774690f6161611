"""Staff write briefs, look at them as readers would, publish and archive them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefs.models import Brief, Judgement, Move
from tests.briefs.facts import add_actor, add_incident, add_place
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/staff/briefs/brief/"


def as_role(client: Client, role: str) -> Client:
    client.force_login(UserFactory.create(roles=[role]))
    return client


def page_of(brief: Brief) -> str:
    return reverse("admin:briefs_brief_change", args=[brief.pk])


def verb(brief: Brief, name: str) -> str:
    return reverse("admin:briefs_brief_verb", args=[brief.pk, name])


def form(judgements: int = 0, **changes: Any) -> dict[str, Any]:
    """What the browser sends from the form of a brief."""
    data = {
        "title": "Towns held",
        "slug": "towns-held",
        "language": "en",
        "kind": "assessment",
        "summary": "Two towns, one week.",
        "body": "The *garrison* held.",
        "data_cutoff_0": "2026-01-08",
        "data_cutoff_1": "10:00",
        "main_country": "ML",
        "other_countries": ["BF", "NE"],
        "topics": ["armed-conflict"],
        "judgements-TOTAL_FORMS": str(judgements),
        "judgements-INITIAL_FORMS": "0",
    }
    for n in range(judgements):
        data |= {
            f"judgements-{n}-position": str(n + 1),
            f"judgements-{n}-text": f"Claim {n + 1}",
            f"judgements-{n}-likelihood": "likely",
            f"judgements-{n}-confidence": "low",
            f"judgements-{n}-horizon_on": "2030-01-01",
        }
    return data | changes


def test_analyst_writes_and_editor_publishes(client: Client) -> None:
    as_role(client, "analyst")
    response = client.post(f"{LIST}add/", form(judgements=2))
    assert response.status_code == 302

    brief = Brief.objects.get()
    assert (brief.status, brief.created_by.groups.get().name) == ("draft", "analyst")
    assert brief.countries == ["ML", "BF", "NE"]
    assert brief.body_html == "<p>The <em>garrison</em> held.</p>"
    assert brief.judgements.count() == 2

    as_role(client, "editor").post(verb(brief, "publish"))

    assert Client().get(brief.get_absolute_url()).status_code == 200


def test_form_comes_back_with_what_was_stored(client: Client) -> None:
    brief = BriefFactory.create(is_published=False, countries=["NE", "ML"], topics=["ports"])
    add_incident(brief, add_place(brief))
    add_actor(brief)

    page = as_role(client, "analyst").get(page_of(brief)).content.decode()

    assert '<option value="NE" selected>Niger</option>' in page
    assert '<option value="ML" selected>Mali</option>' in page
    assert 'name="judgements-0-text"' in page
    assert "Two checkpoints attacked" in page


def test_missing_title_is_a_field_error_that_keeps_the_text(client: Client) -> None:
    response = as_role(client, "analyst").post(f"{LIST}add/", form(title="", body="Long work."))

    assert response.status_code == 200
    assert "Long work." in response.content.decode()
    assert not Brief.objects.exists()


@pytest.mark.parametrize("role", ["analyst", "adviser", "auditor"])
def test_only_those_who_may_publish_publish(client: Client, role: str) -> None:
    brief = BriefFactory.create(is_published=False)
    as_role(client, role)

    assert "Publish</button>" not in client.get(page_of(brief)).content.decode()
    assert client.post(verb(brief, "publish")).status_code == 403
    assert Brief.objects.get().status == "draft"


def test_stranger_is_sent_to_the_login(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)
    preview = reverse("admin:briefs_brief_preview", args=[brief.pk])

    for address in (LIST, page_of(brief), verb(brief, "publish"), preview):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/staff/login/")


def test_looking_at_the_button_changes_nothing(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)

    response = as_role(client, "editor").get(verb(brief, "publish"))

    assert response.status_code == 302
    assert Brief.objects.get().status == "draft"


def test_button_needs_the_token_of_its_page(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)
    strict = Client(enforce_csrf_checks=True)
    as_role(strict, "editor")

    assert strict.post(verb(brief, "publish")).status_code == 403
    assert Brief.objects.get().status == "draft"


def test_refusal_names_every_gap(client: Client) -> None:
    brief = Brief.objects.create(slug="bare", title="Bare", created_by=UserFactory.create())
    as_role(client, "editor")

    page = client.post(verb(brief, "publish"), follow=True).content.decode()

    for text in ("Write a summary.", "Write the body.", "Name at least one country."):
        assert text in page
    assert not Move.objects.exists()


def test_archived_by_button(client: Client) -> None:
    brief = BriefFactory.create()
    as_role(client, "editor")
    assert "Archive</button>" in client.get(page_of(brief)).content.decode()

    client.post(verb(brief, "archive"))

    assert Brief.objects.get().status == "archived"
    page = client.get(page_of(brief)).content.decode()
    assert "Archive</button>" not in page
    assert "Publish</button>" not in page


def test_public_brief_is_changed_by_those_who_may_publish_only(client: Client) -> None:
    brief = BriefFactory.create()
    data = form(summary="Changed.") | judgement_rows(brief)

    assert as_role(client, "analyst").post(page_of(brief), data).status_code == 403
    assert as_role(client, "editor").post(page_of(brief), data).status_code == 302

    brief.refresh_from_db()
    assert (brief.summary, brief.title) == ("Changed.", "Towns held")
    assert brief.slug != "towns-held"  # readers hold the old address


def judgement_rows(brief: Brief) -> dict[str, str]:
    """The brief's one judgement as the form sends it back."""
    row = Judgement.objects.get(brief=brief)
    return {
        "judgements-TOTAL_FORMS": "1",
        "judgements-INITIAL_FORMS": "1",
        "judgements-0-id": str(row.pk),
        "judgements-0-brief": str(brief.pk),
        "judgements-0-position": "1",
        "judgements-0-text": row.text,
        "judgements-0-likelihood": row.likelihood,
        "judgements-0-confidence": row.confidence,
        "judgements-0-horizon_on": row.horizon_on.isoformat(),
    }


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"summary": ""}, "Write a summary."),
        ({"main_country": "", "other_countries": []}, "Name at least one country."),
        ({"data_cutoff_0": "2099-01-01"}, "The data cut-off is later than the publication."),
        ({"judgements-0-DELETE": "on"}, "A public brief keeps at least one judgement."),
    ],
)
def test_public_brief_stays_complete(client: Client, changes: dict[str, Any], text: str) -> None:
    brief = BriefFactory.create()

    response = as_role(client, "editor").post(
        page_of(brief), form() | judgement_rows(brief) | changes
    )

    assert response.status_code == 200
    assert text in response.content.decode()
    assert Brief.objects.get().updated_at == brief.updated_at


def test_auditor_reads_and_cannot_write(client: Client) -> None:
    brief = BriefFactory.create(countries=["NE", "ML"])
    as_role(client, "auditor")

    page = client.get(page_of(brief)).content.decode()

    assert "Niger, Mali" in page
    assert 'name="title"' not in page
    assert client.post(page_of(brief), form()).status_code == 403


def test_only_drafts_can_be_deleted(client: Client) -> None:
    public, draft = BriefFactory.create(), BriefFactory.create(is_published=False)
    client.force_login(UserFactory.create(is_superuser=True))

    for brief, status in ((public, 403), (draft, 302)):
        address = reverse("admin:briefs_brief_delete", args=[brief.pk])
        assert client.post(address, {"post": "yes"}).status_code == status

    assert list(Brief.objects.all()) == [public]


def test_preview_shows_a_draft_and_says_so(client: Client) -> None:
    draft = Brief.objects.create(slug="bare", title="Bare draft", created_by=UserFactory.create())
    as_role(client, "analyst")

    page = client.get(reverse("admin:briefs_brief_preview", args=[draft.pk])).content.decode()

    assert "<h1>Bare draft</h1>" in page
    assert "Only staff can see this page." in page
    assert client.get("/staff/briefs/brief/999999/preview/").status_code == 404


def test_history_of_status_is_on_the_page(client: Client) -> None:
    brief = BriefFactory.create()

    page = as_role(client, "auditor").get(page_of(brief)).content.decode()

    assert brief.reference in page
    assert brief.created_by.full_name in page
    assert timezone.now().strftime("%Y") in page


@pytest.mark.parametrize("model", ["brief", "actor", "place", "incident"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_few_statements_whatever_the_number(
    client: Client, model: str, count: int, django_assert_max_num_queries
) -> None:
    for number in range(count):
        brief = BriefFactory.create()
        place = add_place(brief, f"Town {number}")
        add_incident(brief, place, title=f"Incident {number}")
        add_actor(brief, f"Group {number}")
    as_role(client, "editor")

    with django_assert_max_num_queries(9):
        assert client.get(f"/staff/briefs/{model}/").status_code == 200


@pytest.mark.parametrize("model", ["actor", "place", "incident"])
def test_facts_can_be_added(client: Client, model: str) -> None:
    place = add_place(BriefFactory.create())
    forms = {
        "actor": {"name": "Group", "slug": "group", "kind": "criminal", "aliases": "A, B"},
        "place": {"name": "Gao", "country": "ML", "latitude": "16.27", "longitude": "-0.05"},
        "incident": {
            "occurred_on": "2026-01-06",
            "precision": "day",
            "place": str(place.pk),
            "event_type": "riots",
            "title": "Market closed",
        },
    }

    response = as_role(client, "analyst").post(f"/staff/briefs/{model}/add/", forms[model])

    assert response.status_code == 302
    assert response["Location"] == f"/staff/briefs/{model}/"
