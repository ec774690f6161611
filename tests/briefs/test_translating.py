"""Translations: the source owns the facts, the translator the prose; what is behind is said."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from briefs import publishing, reviewing, revising, translating
from briefs.models import Brief, Judgement, ReviewComment
from tests.briefs.facts import add_actor, add_incident, add_judgement, add_place
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory, approve

pytestmark = pytest.mark.django_db


def translated() -> tuple[Brief, Brief]:
    """A live brief with two judgements, and its translation with words of its own."""
    source = BriefFactory.create(is_published=False)
    second = {"text": "It opens again.", "likelihood": "likely", "confidence": "low"}
    Judgement.objects.create(brief=source, position=2, horizon_on=date(2099, 1, 1), **second)
    revising.record_revision(brief=source, by=source.created_by)
    source.refresh_from_db()
    draft = translating.start_translation(brief=source, by=source.created_by, language="fr")
    draft.judgements.filter(position=1).update(text="La route sera fermée.")
    draft = edit(draft, source.created_by, title="Un titre", summary="Un résumé.")
    return source, draft


def change(source: Brief, **fields: Any) -> Brief:
    """Other facts in the source: a judgement swapped to the front and rated anew, one gone, one new."""
    first, second = source.judgements.order_by("position")
    first.delete()
    Judgement.objects.filter(pk=second.pk).update(position=1, likelihood="unlikely")
    third = {"text": "Fuel runs out.", "likelihood": "likely", "confidence": "high"}
    Judgement.objects.create(brief=source, position=2, horizon_on=date(2099, 2, 1), **third)
    return edit(source, source.created_by, countries=["NE", "ML"], **fields)


def test_facts_of_the_source_are_taken_over_and_the_prose_stays() -> None:
    source, draft = translated()
    draft.judgements.filter(position=2).update(text="Elle rouvre.")
    change(source, summary="Other English words.")
    translator = UserFactory.create()

    taken = translating.take_over_facts(brief=draft, by=translator)

    assert (taken.title, taken.summary, taken.countries) == ("Un titre", "Un résumé.", ["NE", "ML"])
    rows = taken.judgements.order_by("position").values_list("text", "likelihood", "confidence")
    assert list(rows) == [("Elle rouvre.", "unlikely", "low"), ("Fuel runs out.", "likely", "high")]
    assert taken.head_revision.note == "Facts of Revision 2 of the source"
    assert translator.pk in taken.head_revision.authors
    assert translating.is_behind(taken)


def test_taking_over_twice_makes_one_revision() -> None:
    source, draft = translated()
    change(source)

    first = translating.take_over_facts(brief=draft, by=source.created_by)
    second = translating.take_over_facts(brief=draft, by=source.created_by)

    assert first.head_revision == second.head_revision


def test_approved_translation_needs_approval_again_after_new_facts() -> None:
    source, draft = translated()
    draft = approve(draft)
    change(source)

    assert translating.take_over_facts(brief=draft, by=source.created_by).status == "draft"


def test_what_translates_nothing_or_is_live_takes_over_nothing() -> None:
    source, draft = translated()
    live = publishing.publish_brief(brief=approve(draft), by=UserFactory.create())
    change(source)

    for brief in (source, live):
        head = brief.head_revision_id
        with pytest.raises(ValidationError) as refusal:
            translating.take_over_facts(brief=brief, by=source.created_by)
        assert refusal.value.code == "conflict"
        assert Brief.objects.get(pk=brief.pk).countries == brief.countries
        assert head == brief.head_revision_id


def test_up_to_date_is_said_once_and_keeps_the_approval() -> None:
    source, draft = translated()
    draft = bring_to(draft, "approved")
    source = change(source)
    translator = UserFactory.create()

    marked = translating.mark_up_to_date(brief=draft, by=translator)
    with pytest.raises(ValidationError) as refusal:
        translating.mark_up_to_date(brief=draft, by=translator)

    assert refusal.value.code == "conflict"
    assert marked.status == "approved"
    assert marked.translated_from == source.head_revision
    said = ReviewComment.objects.get()
    assert (said.by, said.resolved_by) == (translator, translator)


def test_pending_translation_brings_its_mark_to_the_live_one() -> None:
    source, draft = translated()
    live = publishing.publish_brief(brief=approve(draft), by=UserFactory.create())
    source = change(source)
    pending = revising.open_pending(brief=live, by=live.created_by)
    pending = edit(pending, live.created_by, title="Un autre titre")
    translating.mark_up_to_date(brief=pending, by=live.created_by)
    pending = approve(pending)

    live = publishing.publish_revision(pending=pending, by=UserFactory.create())

    assert live.translated_from == source.head_revision
    assert not translating.is_behind(live)


def published_source() -> tuple[Brief, Brief]:
    source, draft = translated()
    return publishing.publish_brief(brief=approve(source), by=UserFactory.create()), draft


def test_translation_that_tells_other_facts_than_its_live_source_says_which() -> None:
    _, draft = published_source()
    assert translating.differences(draft) == []
    draft.judgements.filter(position=1).update(likelihood="unlikely")
    draft.judgements.filter(position=2).update(confidence="high", horizon_on=date(2098, 1, 1))
    add_judgement(draft, 3)
    add_incident(draft, add_place(draft))
    add_actor(draft)
    draft = edit(draft, draft.created_by, countries=["ML", "NE"], tlp="green")

    with pytest.raises(ValidationError) as refusal:
        reviewing.submit_brief(brief=draft, by=draft.created_by)

    (told,) = [e for e in refusal.value.error_list if e.code == "translation_differs"]
    assert told.message == (
        "The translation differs from its source in: marking, countries, which judgements it holds,"
        " judgement 1 (likelihood), judgement 2 (confidence, horizon), incidents, actors, places."
        " Take over its facts."
    )
    taken = translating.take_over_facts(brief=draft, by=draft.created_by)
    assert translating.differences(taken) == []
    assert reviewing.submit_brief(brief=taken, by=draft.created_by).status == "in_review"


def test_facts_that_move_in_the_source_stop_an_approved_translation() -> None:
    source, draft = published_source()
    draft = approve(draft)
    pending = revising.open_pending(brief=source, by=source.created_by)
    pending.judgements.filter(position=1).update(
        likelihood="unlikely", change_reason="The road is open."
    )
    pending = approve(edit(pending, source.created_by, title="Revised"))
    publishing.publish_revision(pending=pending, by=UserFactory.create())

    with pytest.raises(ValidationError) as refusal:
        publishing.publish_brief(brief=draft, by=UserFactory.create())

    assert [error.code for error in refusal.value.error_list] == ["translation_differs"]
    assert Brief.objects.get(pk=draft.pk).status == "approved"


def test_source_that_tells_readers_nothing_is_not_contradicted() -> None:
    source, draft = translated()
    change(source)

    assert translating.differences(draft) == []
    assert translating.differences(source) == []
