"""Staff write briefs, look at them as readers would, publish and archive them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from briefs import reviewing, revising
from briefs.models import Brief, Judgement, Move
from tests.briefs.facts import add_actor, add_incident, add_place
from tests.briefs.workflow import bring_to, edit
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
        "tlp": "clear",
        "summary": "Two towns, one week.",
        "body": "<p onclick=alert(1)>The <em>garrison</em> held.</p><script>alert(1)</script>",
        "data_cutoff_0": "2026-01-08",
        "data_cutoff_1": "10:00",
        "main_country": "ML",
        "other_countries": ["BF", "NE"],
        "topics": ["armed-conflict"],
        "judgements-TOTAL_FORMS": str(judgements),
        "judgements-INITIAL_FORMS": "0",
        "citations-TOTAL_FORMS": "0",
        "citations-INITIAL_FORMS": "0",
    }
    for n in range(judgements):
        data |= {
            f"judgements-{n}-position": str(n + 1),
            f"judgements-{n}-text": f"Claim {n + 1}",
            f"judgements-{n}-likelihood": "likely",
            f"judgements-{n}-confidence": "low",
            f"judgements-{n}-horizon_on": "2099-01-01",
        }
    return data | changes


def test_text_goes_from_analyst_over_editor_to_readers(client: Client) -> None:
    as_role(client, "analyst")
    response = client.post(f"{LIST}add/", form(judgements=2))
    assert response.status_code == 302

    brief = Brief.objects.get()
    assert (brief.status, brief.created_by.groups.get().name) == ("draft", "analyst")
    assert brief.countries == ["ML", "BF", "NE"]
    assert brief.body == "<p>The <em>garrison</em> held.</p>"
    assert brief.judgements.count() == 2
    assert brief.head_revision.authors == [brief.created_by_id]

    client.post(verb(brief, "submit"), {})
    as_role(client, "editor").post(
        verb(brief, "approve"),
        {"seen": brief.head_revision_id, "checklist": ["1", "6"], "reason": "A short note."},
    )
    as_role(client, "publisher").post(verb(brief, "publish"))

    assert Client().get(brief.get_absolute_url()).status_code == 200
    assert Move.objects.get(to_status="approved").checklist == [1, 6]


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


def test_stranger_is_sent_to_the_login(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)
    preview = reverse("admin:briefs_brief_preview", args=[brief.pk])

    for address in (LIST, page_of(brief), verb(brief, "publish"), preview):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/staff/login/")


def test_question_changes_nothing(client: Client) -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "approved")

    response = as_role(client, "publisher").get(verb(brief, "publish"))

    assert "Readers see it at once" in response.content.decode()
    assert Brief.objects.get().status == "approved"


def test_button_needs_the_token_of_its_page(client: Client) -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "approved")
    strict = Client(enforce_csrf_checks=True)
    as_role(strict, "publisher")

    assert strict.post(verb(brief, "publish")).status_code == 403
    assert Brief.objects.get().status == "approved"


def test_page_and_refusal_name_every_gap(client: Client) -> None:
    brief = Brief.objects.create(slug="bare", title="Bare", created_by=UserFactory.create())
    as_role(client, "analyst")

    pages = (
        client.get(page_of(brief)).content.decode(),
        client.post(verb(brief, "submit"), {}).content.decode(),
    )

    for page in pages:
        for text in ("Write a summary.", "Write the body.", "Name at least one country."):
            assert text in page
    assert not Move.objects.exists()


def test_live_brief_is_revised_in_a_copy(client: Client) -> None:
    brief = BriefFactory.create(title="Old title")
    as_role(client, "analyst")
    assert 'name="title"' not in client.get(page_of(brief)).content.decode()

    response = client.post(verb(brief, "revise"))

    pending = Brief.objects.get(revises=brief)
    assert response["Location"] == page_of(pending)
    data = form(title="New title", seen_revision=pending.head_revision_id)
    assert client.post(page_of(pending), data | judgement_rows(pending)).status_code == 302
    assert Brief.objects.public().get().title == "Old title"
    client.post(verb(pending, "submit"), {})
    pending.refresh_from_db()
    as_role(client, "editor").post(
        verb(pending, "approve"), {"seen": pending.head_revision_id, "reason": "A short note."}
    )
    words = {"kind": "factual", "text": "It was two towns."}
    response = as_role(client, "publisher").post(verb(pending, "publish-revision"), words)

    assert response["Location"] == page_of(brief)
    assert Brief.objects.public().get().title == "New title"
    page = client.get(page_of(brief)).content.decode()
    assert "It was two towns." in page
    assert "a revision of the live text" in page


@pytest.mark.parametrize("role", ["analyst", "editor", "publisher"])
def test_live_text_takes_no_save(client: Client, role: str) -> None:
    brief = BriefFactory.create()

    response = as_role(client, role).post(page_of(brief), form() | judgement_rows(brief))

    assert response.status_code == 403
    assert Brief.objects.get().title == brief.title


def test_edit_of_an_approved_text_makes_it_a_draft(client: Client) -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "approved")
    data = form(seen_revision=brief.head_revision_id) | judgement_rows(brief)

    assert as_role(client, "editor").post(page_of(brief), data).status_code == 302

    brief.refresh_from_db()
    assert (brief.status, brief.title) == ("draft", "Towns held")


def test_save_between_is_not_undone_unseen(client: Client) -> None:
    brief = bring_to(BriefFactory.create(is_published=False, title="Their old title"), "in_review")
    opened = brief.head_revision_id
    edit(brief, UserFactory.create(full_name="Nadia North"), title="Their new title")
    data = form(title="My title", body="My long work.", seen_revision=opened)
    data |= judgement_rows(brief)
    as_role(client, "analyst")

    page = client.post(page_of(brief), data).content.decode()

    assert "Nadia North saved this brief on " in page
    assert "[added: </span> new" in page
    for mine in ("My title", "My long work.", "Save mine over theirs"):
        assert mine in page
    assert Brief.objects.get().title == "Their new title"
    assert client.post(page_of(brief), data | {"has_seen_theirs": "on"}).status_code == 302
    assert Brief.objects.get().title == "My title"


def test_move_between_is_no_false_alarm(client: Client) -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "draft")
    revising.record_revision(brief=brief, by=brief.created_by)
    brief.refresh_from_db()
    data = form(seen_revision=brief.head_revision_id) | judgement_rows(brief)
    reviewing.submit_brief(brief=brief, by=brief.created_by)

    assert as_role(client, "analyst").post(page_of(brief), data).status_code == 302

    brief.refresh_from_db()
    assert (brief.title, brief.status) == ("Towns held", "in_review")


def test_schedule_is_read_in_the_zone_of_whoever_sets_it(client: Client) -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "approved")
    tomorrow = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%d")
    as_role(client, "publisher")

    response = client.post(
        verb(brief, "schedule"),
        {"published_at": f"{tomorrow}T09:00", "expires_at": "", "zone": "Africa/Lagos"},
    )

    assert response.status_code == 302
    brief.refresh_from_db()
    assert brief.published_at.isoformat() == f"{tomorrow}T08:00:00+00:00"
    assert User.objects.get(groups__name="publisher").time_zone == "Africa/Lagos"
    assert "Scheduled for" in client.get(page_of(brief)).content.decode()
    client.post(verb(brief, "unschedule"))
    assert Brief.objects.get().status == "approved"


def test_schedule_in_the_past_is_refused_and_kept(client: Client) -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "approved")
    typed = {"published_at": "2020-01-01T09:00", "zone": "Africa/Lagos"}

    response = as_role(client, "publisher").post(verb(brief, "schedule"), typed)

    assert response.status_code == 400
    page = response.content.decode()
    assert "1 January 2020, 09:00 Africa/Lagos (08:00 UTC) is past." in page
    assert 'value="2020-01-01T09:00"' in page
    assert Brief.objects.get().status == "approved"


def test_translation_starts_with_everything_but_the_prose_in_its_language(client: Client) -> None:
    brief = BriefFactory.create(language="en")
    as_role(client, "analyst")

    response = client.post(verb(brief, "translate"), {"language": "fr"})

    draft = Brief.objects.get(language="fr")
    assert response["Location"] == page_of(draft)
    assert (draft.translation_key, draft.status) == (brief.translation_key, "draft")
    assert draft.judgements.get().likelihood == brief.judgements.get().likelihood
    assert client.post(verb(brief, "translate"), {"language": "fr"}).status_code == 400
    assert Brief.objects.count() == 2


def test_resolved_by_somebody_else_from_the_list_of_judgements(client: Client) -> None:
    author = UserFactory.create(roles=["editor"])
    judgement = BriefFactory.create(created_by=author).judgements.get()
    address = reverse("admin:briefs_judgement_verb", args=[judgement.pk, "resolve"])
    words = {"outcome": "occurred", "note": "The road was shut."}

    assert as_role(client, "analyst").post(address, words).status_code == 403
    client.force_login(author)
    assert "Whoever judged" in client.post(address, words).content.decode()
    assert as_role(client, "editor").post(address, words).status_code == 302

    judgement.refresh_from_db()
    assert judgement.outcome == "occurred"


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


def test_auditor_reads_and_cannot_write(client: Client) -> None:
    brief = BriefFactory.create(countries=["NE", "ML"])
    as_role(client, "auditor")

    page = client.get(page_of(brief)).content.decode()

    assert "Niger, Mali" in page
    assert 'name="title"' not in page
    assert client.post(page_of(brief), form()).status_code == 403


def test_no_brief_is_ever_deleted(client: Client) -> None:
    public, draft = BriefFactory.create(), BriefFactory.create(is_published=False)
    client.force_login(UserFactory.create(is_superuser=True))

    for brief in (public, draft):
        address = reverse("admin:briefs_brief_delete", args=[brief.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403

    assert Brief.objects.count() == 2


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
        "place": {
            "name": "Gao",
            "country": "ML",
            "latitude": "16.27",
            "longitude": "-0.05",
            "kind": "town",
            "precision": "exact",
            "note": "Read off a map.",
        },
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
