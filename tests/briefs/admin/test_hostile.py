"""What no browser of ours sends: it is refused in words, beside the field, and nothing is stored."""

import uuid
from typing import Any

import pytest
from django.test import Client

from briefs.models import (
    Actor,
    Brief,
    Correction,
    Incident,
    Judgement,
    Place,
    ReviewComment,
    Source,
)
from tests.briefs.admin.test_briefs import LIST, as_role, form, page_of
from tests.briefs.admin.test_verbs import address, client_of
from tests.briefs.facts import add_place
from tests.factories import BriefFactory

pytestmark = pytest.mark.django_db
REORDERED = "held\u202edleh"
CITATION = {
    "citations-TOTAL_FORMS": "1",
    "citations-0-position": "1",
    "citations-0-credibility": "3",
}


def refused(client: Client, address: str, data: dict[str, Any]) -> str:
    """The page that says why."""
    response = client.post(address, data)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("field", "hidden"),
    [
        ("title", "\u202e"),
        ("title", "\u2066"),
        ("summary", "\x00"),
        ("body", "\x07"),
        ("judgements-0-text", "\u202e"),
        ("judgements-0-change_reason", "\u2066"),
    ],
)
def test_words_of_a_brief_hide_nothing(client: Client, field: str, hidden: str) -> None:
    as_role(client, "analyst")

    page = refused(client, f"{LIST}add/", form(1, **{field: f"held{hidden}back"}))

    assert "Take out the hidden character at position 5" in page
    assert page.count("Take out the hidden character") == 1
    assert not Brief.objects.exists()


def test_words_of_a_citation_hide_nothing(client: Client) -> None:
    as_role(client, "analyst")
    source = Source.objects.create(name="Agence Exemple")
    words = CITATION | {"citations-0-source": source.pk, "citations-0-note": REORDERED}

    assert "Take out the hidden character" in refused(client, f"{LIST}add/", form(**words))
    assert not Brief.objects.exists()


@pytest.mark.parametrize(
    ("page", "data", "model"),
    [
        ("source", {"name": REORDERED, "reliability": "F"}, Source),
        ("actor", {"name": "A", "slug": "a", "aliases": REORDERED}, Actor),
        ("place", {"name": REORDERED, "note": REORDERED}, Place),
        ("incident", {"title": REORDERED, "occurred_on": "2026-01-01"}, Incident),
    ],
)
def test_names_that_all_briefs_share_hide_nothing(
    client: Client, page: str, data: dict[str, str], model: Any
) -> None:
    as_role(client, "editor")

    assert "Take out the hidden character" in refused(client, f"/staff/briefs/{page}/add/", data)
    assert not model.objects.exists()


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("correct", {"kind": "factual", "text": REORDERED}),
        ("withdraw", {"reason": REORDERED}),
        ("comment", {"anchor": "general", "text": REORDERED}),
    ],
)
def test_words_of_a_button_hide_nothing(verb: str, data: dict[str, str]) -> None:
    brief = BriefFactory.create()

    response = client_of("publisher").post(address(brief, verb), data)

    assert response.status_code == 400
    assert response.content.decode().count("Take out the hidden character at position 5") == 1
    brief.refresh_from_db()
    assert (brief.status, Correction.objects.count()) == ("published", 0)


def test_number_of_a_form_is_no_text(client: Client) -> None:
    brief = BriefFactory.create()
    words = {"anchor": "general", "text": "Who says so?", "form_id": str(uuid.uuid4())}
    editor = client_of("editor")

    for _ in range(2):
        assert editor.post(address(brief, "comment"), words).status_code == 302

    assert ReviewComment.objects.count() == 1


@pytest.mark.parametrize("wrong", ["a", "-1", "1.5", "9" * 30, "0"])
@pytest.mark.parametrize("field", ["judgements-0-revises", "citations-0-source", "actors"])
def test_choice_that_is_none_is_refused_and_the_words_stay(
    client: Client, field: str, wrong: str
) -> None:
    as_role(client, "analyst")

    page = refused(client, f"{LIST}add/", form(1, **(CITATION | {field: wrong})))

    assert "Select a valid choice" in page or "is not a valid value" in page
    assert 'value="Towns held"' in page
    assert not Brief.objects.exists()


@pytest.mark.parametrize("number", ["31", "2000", "9" * 20])
def test_more_rows_than_a_brief_has_are_refused_at_once(client: Client, number: str) -> None:
    as_role(client, "analyst")

    page = refused(client, f"{LIST}add/", form(1, **{"judgements-TOTAL_FORMS": number}))

    assert "Please submit at most 30 forms." in page
    assert not Brief.objects.exists()


def test_row_of_another_brief_is_not_written_into(client: Client) -> None:
    mine = BriefFactory.create(is_published=False)
    other = BriefFactory.create(is_published=False).judgements.get()
    as_role(client, "analyst")
    data = form(1, **{"judgements-INITIAL_FORMS": "1", "judgements-0-id": other.pk})

    before = list(Judgement.objects.order_by("pk").values_list("pk", "brief", "text"))

    client.post(page_of(mine), data)

    assert list(Judgement.objects.order_by("pk").values_list("pk", "brief", "text")) == before


def test_judgement_that_readers_have_not_seen_is_not_named_as_the_earlier_one(
    client: Client,
) -> None:
    hidden = BriefFactory.create(is_published=False).judgements.get()
    seen = BriefFactory.create().judgements.get()
    as_role(client, "analyst")

    page = refused(client, f"{LIST}add/", form(1, **{"judgements-0-revises": hidden.pk}))
    client.post(f"{LIST}add/", form(1, **{"judgements-0-revises": seen.pk}))

    assert "Only a judgement that readers have seen can be changed." in page
    assert Judgement.objects.get(revises__isnull=False).revises == seen


def test_incident_at_a_place_that_is_none_is_refused(client: Client) -> None:
    add_place(BriefFactory.create())
    as_role(client, "editor")
    data = {"title": "Two posts", "occurred_on": "2026-01-01", "event_type": "battles"}

    page = refused(client, "/staff/briefs/incident/add/", data | {"place": "x"})

    assert "Select a valid choice" in page
