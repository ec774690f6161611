"""The page of a reviewer from outside: what it shows, to whom, and what it takes."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from briefs import inviting, publishing, review_views
from briefs.models import ReviewComment, ReviewLink
from tests.briefs.inviting import in_review, invite
from tests.briefs.telling import at
from tests.briefs.workflow import edit
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db
FORM = "6f3d1f0e-1111-4222-8333-444455556666"
PRIVATE = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


def comment(client: Client, address: str, **fields: str) -> HttpResponse:
    given = {"anchor": "summary", "text": "Say when.", "form_id": FORM} | fields
    data = {f"comment-{name}": value for name, value in given.items()}
    return client.post(address, {"part": "comment"} | data)


def verdict(client: Client, address: str, verdict: str, text: str = "") -> HttpResponse:
    data = {"verdict-verdict": verdict, "verdict-text": text, "verdict-form_id": FORM}
    return client.post(address, {"part": "verdict"} | data)


def headers(answer: HttpResponse) -> dict[str, Any]:
    return {name: answer.headers.get(name) for name in PRIVATE}


def test_page_shows_the_frozen_text_with_its_marking(client: Client) -> None:
    brief = in_review(title="A title of then")
    _, address = invite(brief)
    edit(brief, brief.created_by, title="A title of now")

    answer = client.get(address)

    page = answer.content.decode()
    assert (answer.status_code, headers(answer)) == (200, PRIVATE)
    assert "A title of then" in page
    assert "A title of now" not in page
    assert "TLP:CLEAR" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page
    assert "ld+json" not in page
    assert "og:" not in page
    assert 'rel="alternate"' not in page
    assert not answer.cookies


def test_text_and_words_around_it_each_speak_their_language(client: Client) -> None:
    _, address = invite(in_review(language="ar", title="عنوان"), language="fr")

    page = client.get(address).content.decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert 'id="review" lang="fr" dir="ltr"' in page
    assert "Donner votre avis" in page


def test_first_opening_is_noted_once_and_by_no_mere_question_for_headers(client: Client) -> None:
    link, address = invite()

    client.head(address)
    link.refresh_from_db()
    assert link.first_seen_at is None
    client.get(address)
    link.refresh_from_db()
    first = link.first_seen_at
    client.get(address)
    link.refresh_from_db()

    assert first is not None
    assert link.first_seen_at == first


@pytest.mark.parametrize("token", ["A" * 43, "x", "%00", "é", "A" * 5000])
def test_link_that_never_was_says_whom_to_ask_and_nothing_else(client: Client, token: str) -> None:
    brief = in_review(title="Zanzibar")
    invite(brief)

    answers = [client.get(f"/review/{token}/"), comment(client, f"/review/{token}/")]

    for answer in answers:
        page = answer.content.decode()
        assert (answer.status_code, headers(answer)) == (404, PRIVATE)
        assert "office@derisk.example" in page
        assert "Zanzibar" not in page
        assert "Edem Editor" not in page


def close(link: ReviewLink, how: str) -> timedelta:
    """Close a link; how far the clock has to go for it."""
    if how == "revoked":
        inviting.revoke_link(link=link, by=link.created_by)
    if how == "withdrawn":
        publishing.withdraw_brief(brief=link.revision.brief, by=link.created_by, reason="Wrong.")
    return timedelta(days=8) if how == "expired" else timedelta()


@pytest.mark.parametrize("how", ["revoked", "expired", "withdrawn"])
def test_closed_link_names_whoever_can_give_a_new_one(client: Client, how: str) -> None:
    brief = BriefFactory.create(title="Zanzibar") if how == "withdrawn" else in_review()
    link, address = invite(brief, language="fr")

    with at(timezone.now() + close(link, how)):
        answers = [
            client.get(address),
            comment(client, address),
            verdict(client, address, "agrees"),
        ]

    for answer in answers:
        page = answer.content.decode()
        assert (answer.status_code, headers(answer)) == (410, PRIVATE)
        assert "Edem Editor" in page
        assert brief.title not in page
        assert "Ce lien n’est pas ouvert" in page
    assert ReviewComment.objects.count() == 0
    assert ReviewLink.objects.get().verdict == ""


def test_comment_is_kept_once_and_shown_to_its_reader_alone(client: Client) -> None:
    brief = in_review()
    link, address = invite(brief)
    _, other = invite(brief, email="other@reviewer.example")

    answers = [comment(client, address, text="Say <b>when</b>.\r\nAnd where.") for _ in range(2)]

    assert [(a.status_code, a["Location"]) for a in answers] == [(303, f"{address}#review")] * 2
    kept = ReviewComment.objects.get()
    assert (kept.text, kept.anchor, kept.link) == ("Say <b>when</b>.\nAnd where.", "summary", link)
    assert "Say &lt;b&gt;when&lt;/b&gt;." in client.get(address).content.decode()
    assert "when&lt;/b&gt;" not in client.get(other).content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "  "}, "Write what you have to say."),
        ({"text": "bad\u202etext"}, "Take out the hidden character at position 4 (U+202E)."),
        ({"text": "bad\x00text"}, "Take out the hidden character at position 4 (U+0000)."),
        ({"text": "x" * 5001}, "Shorten this to 5000 characters or fewer; it has 5001 now."),
        ({"anchor": "footer"}, "Choose one from the list."),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_on_the_page(
    client: Client, fields: dict[str, str], said: str
) -> None:
    _, address = invite()

    answer = comment(client, address, **fields)

    page = answer.content.decode()
    assert (answer.status_code, headers(answer)) == (400, PRIVATE)
    assert page.count(said) == 2  # above the forms and at the field
    assert fields.get("text", "Say when.") in page
    assert ReviewComment.objects.count() == 0


@pytest.mark.parametrize("data", [{}, {"part": "x"}, {"part": "verdict"}, {"part": ["comment"]}])
def test_malformed_answer_is_a_400(client: Client, data: dict[str, Any]) -> None:
    _, address = invite()

    assert client.post(address, data).status_code == 400


def test_verdict_is_kept_and_thanked_for(client: Client) -> None:
    link, address = invite()

    answer = verdict(client, address, "wants_changes", "Name the source.")

    assert answer.status_code == 303
    link.refresh_from_db()
    assert link.verdict == "wants_changes"
    page = client.get(address).content.decode()
    assert "You want changes." in page
    assert "Name the source." in page
    assert 'id="verdict"' not in page
    assert verdict(client, address, "agrees").status_code == 400
    link.refresh_from_db()
    assert link.verdict == "wants_changes"


def test_wish_for_changes_without_a_word_is_asked_for_one(client: Client) -> None:
    link, address = invite()

    answer = verdict(client, address, "wants_changes")

    assert answer.status_code == 400
    assert "Say what should change." in answer.content.decode()
    link.refresh_from_db()
    assert link.verdict == ""


def test_flood_is_refused_openly_with_the_words_kept(client: Client) -> None:
    _, address = invite()
    for _ in range(20):
        review_views.answers.wait("127.0.0.1")

    answer = comment(client, address, text="Say when, please.")

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) in range(1, 62)
    assert "Say when, please." in answer.content.decode()
    assert ReviewComment.objects.count() == 0


def test_page_needs_no_token_against_forged_forms_and_sets_no_cookie() -> None:
    client = Client(enforce_csrf_checks=True)
    _, address = invite()

    answer = comment(client, address)

    assert answer.status_code == 303
    assert not answer.cookies


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    _, address = invite()

    assert getattr(client, method)(address).status_code == 405


def test_draft_stays_out_of_every_public_page(client: Client) -> None:
    brief = in_review()
    invite(brief)
    UserFactory.create()

    assert client.get(f"/briefs/{brief.slug}/").status_code == 404
    assert brief.title not in client.get("/briefs/").content.decode()
