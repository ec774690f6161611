"""Translations: the source owns the facts, the translator the prose; what is behind is said."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from briefs import publishing, revising, translating
from briefs.models import Brief, Judgement, ReviewComment
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
