"""What became of a published text: corrected, replaced, moved, superseded, withdrawn, expired."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from briefs import judging, publishing, reviewing, revising, translating
from briefs.models import Brief, Citation, Source
from tests.briefs.workflow import edit
from tests.factories import BriefFactory, UserFactory, approve, publish

pytestmark = pytest.mark.django_db


def corrected(brief: Brief, **fields: str) -> Brief:
    """A live brief whose text was replaced, with a correction."""
    author = UserFactory.create()
    pending = edit(revising.open_pending(brief=brief, by=author), author, **fields)
    reviewing.submit_brief(brief=pending, by=author)
    reviewing.approve_brief(brief=pending, by=UserFactory.create())
    return publishing.publish_revision(
        pending=pending, by=UserFactory.create(), kind="factual", text="It was two towns."
    )


def page_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def test_correction_is_on_the_page_and_the_old_text_at_its_own_address(client: Client) -> None:
    brief = BriefFactory.create(title="Three towns")
    corrected(brief, title="Two towns")
    address = brief.get_absolute_url()

    now, old = page_of(client, address), page_of(client, f"{address}versions/1/")

    assert "<h1>Two towns</h1>" in now
    assert "It was two towns." in now
    assert f'href="{address}versions/1/"' in now
    assert "<h1>Three towns</h1>" in old
    assert "This is version 1, kept as it was." in old
    assert '<meta name="robots" content="noindex">' in old
    assert re.search(rf'<link rel="canonical" href="[^"]*{address}">', old)
    assert "<h1>Two towns</h1>" in page_of(client, f"{address}versions/2/")
    for number in (0, 3, 99):
        assert client.get(f"{address}versions/{number}/").status_code == 404


def test_pending_revision_is_nowhere(client: Client) -> None:
    brief = BriefFactory.create(title="Live words")
    by = UserFactory.create()
    pending = edit(revising.open_pending(brief=brief, by=by), by, title="Secret words")

    for address in (brief.get_absolute_url(), "/briefs/", "/", "/countries/ml/"):
        assert "Secret words" not in page_of(client, address)
    assert client.get(pending.get_absolute_url()).status_code == 404


def test_withdrawn_brief_says_why_and_nothing_else(client: Client) -> None:
    brief = BriefFactory.create(title="Wrong words", summary="Wrong summary", body="<p>Wrong</p>")
    publishing.withdraw_brief(brief=brief, by=brief.created_by, reason="The video was older.")

    page = page_of(client, brief.get_absolute_url(), 410)

    assert "The video was older." in page
    assert brief.reference in page
    assert "Wrong" not in page
    assert page_of(client, f"{brief.get_absolute_url()}versions/1/", 410) == page


def test_expired_brief_is_gone_by_the_clock(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = BriefFactory.create(title="Short words")
    end = timezone.now() + timedelta(hours=1)
    publishing.expire_brief(brief=brief, by=brief.created_by, expires_at=end)
    assert "Short words" in page_of(client, brief.get_absolute_url())

    monkeypatch.setattr(timezone, "now", lambda: end)

    page = page_of(client, brief.get_absolute_url(), 410)
    assert "no longer published" in page
    assert "Short words" not in page


def test_former_address_leads_on_with_its_query(client: Client) -> None:
    brief = BriefFactory.create(slug="old")
    publishing.move_address(brief=brief, by=brief.created_by, slug="new")

    response = client.get("/briefs/old/?utm_source=letter")

    assert response.status_code == 301
    assert response["Location"] == "/briefs/new/?utm_source=letter"
    assert client.get("/briefs/old/versions/1/")["Location"] == "/briefs/new/versions/1/"
    publishing.withdraw_brief(brief=brief, by=brief.created_by, reason="It was wrong.")
    assert client.get("/briefs/old/").status_code == 410


def test_superseded_brief_points_to_its_successor_while_that_is_public(client: Client) -> None:
    old, new = BriefFactory.create(), BriefFactory.create(title="Newer words")
    publishing.supersede_brief(brief=old, by=old.created_by, successor=new)
    assert "A newer brief takes its place:" in page_of(client, old.get_absolute_url())

    publishing.archive_brief(brief=new, by=new.created_by)

    page = page_of(client, old.get_absolute_url())
    assert "A newer brief takes its place:" not in page
    assert "Newer words" not in page


def test_translations_name_each_other_once_both_are_public(client: Client) -> None:
    english = BriefFactory.create()
    french = translating.start_translation(brief=english, by=english.created_by, language="fr")
    assert "hreflang" not in _head(page_of(client, english.get_absolute_url()))

    publish(french)

    for brief, other in ((english, french), (french, english)):
        head = _head(page_of(client, brief.get_absolute_url()))
        assert f'hreflang="{other.language}"' in head
        assert f"{other.get_absolute_url()}" in head
        assert re.search(rf'hreflang="x-default" href="[^"]*{english.get_absolute_url()}"', head)


def _head(page: str) -> str:
    return page.partition("</head>")[0]


def test_outcome_and_its_evidence_are_shown(client: Client) -> None:
    brief, evidence = BriefFactory.create_batch(2)
    judging.resolve_judgement(
        judgement=brief.judgements.get(),
        by=UserFactory.create(),
        outcome="occurred",
        note="The road was shut.",
        evidence=evidence,
    )

    page = page_of(client, brief.get_absolute_url())
    assert "<strong>Occurred</strong>" in page
    assert "The road was shut." in page
    assert evidence.get_absolute_url() in page
    publishing.archive_brief(brief=evidence, by=evidence.created_by)
    assert evidence.reference not in page_of(client, brief.get_absolute_url())


def test_judgement_says_what_changed_since_the_earlier_one(client: Client) -> None:
    earlier = BriefFactory.create()
    brief = BriefFactory.create(is_published=False)
    brief.judgements.update(
        revises=earlier.judgements.get(),
        likelihood="unlikely",
        change_reason="The convoy came through.",
    )
    publish(brief)

    page = page_of(client, brief.get_absolute_url())

    assert "Less likely than before:" in page
    assert "The convoy came through." in page
    assert earlier.reference in page


def test_sources_are_graded_and_named_only_where_they_may_be(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)
    named = Source.objects.create(name="Example Gazette", reliability="B", is_named=True)
    hidden = Source.objects.create(name="Hidden Person", note="Meets at the port.")
    Citation.objects.create(
        brief=brief, source=named, position=1, title="Page 4", credibility="2", note="Hush."
    )
    Citation.objects.create(
        brief=brief, source=hidden, position=2, title="Spoken", url="https://x.example/", note="Shh"
    )
    publish(brief)

    page = page_of(client, brief.get_absolute_url())

    assert "2 sources:" in page
    assert "B2" in page
    assert "F6" in page
    assert "Example Gazette" in page
    for secret in ("Hidden Person", "Meets at", "Spoken", "x.example", "Hush", "Shh"):
        assert secret not in page


def test_machines_find_dates_corrections_and_places_in_the_page(client: Client) -> None:
    brief = BriefFactory.create(title="Two </script><b> towns")
    publishing.correct_brief(brief=brief, by=brief.created_by, kind="factual", text="It was two.")

    page = page_of(client, brief.get_absolute_url())

    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert data is not None
    article, trail = json.loads(data.group(1))
    assert article["headline"] == "Two </script><b> towns"
    assert article["reportNumber"] == brief.reference
    assert article["correction"][0]["text"] == "It was two."
    assert article["dateModified"] > article["datePublished"]
    assert trail["itemListElement"][-1]["name"] == "Mali"


def test_scheduled_brief_is_as_unknown_as_any(client: Client) -> None:
    brief = approve(BriefFactory.create(is_published=False))
    hour = timezone.now() + timedelta(hours=1)
    publishing.publish_brief(brief=brief, by=brief.created_by, published_at=hour)

    scheduled = page_of(client, brief.get_absolute_url(), 404)

    assert scheduled == page_of(client, "/briefs/never-there/", 404)
