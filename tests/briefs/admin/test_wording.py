"""The wording check beside a brief's text: of what is saved, and of what is being typed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefs.models import Brief, Revision
from tests.briefs.workflow import bring_to
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db
CHECK = "/staff/briefs/brief/wording/"
PLAIN = {"title": "Kayes", "summary": "Two towns.", "body": "<p>It held.</p>", "language": "en"}


def as_role(client: Client, role: str) -> Client:
    client.force_login(UserFactory.create(roles=[role]))
    return client


def page_of(brief: Brief) -> str:
    return reverse("admin:briefs_brief_change", args=[brief.pk])


def draft(**fields: str) -> Brief:
    return BriefFactory.create(is_published=False, **fields)


def test_saved_text_is_checked_when_its_page_opens(client: Client) -> None:
    brief = draft(summary="The town held.", body="<p>It was quiet. They may return &amp; stay.</p>")
    brief.judgements.update(text="The road is likely to close.")

    page = as_role(client, "analyst").get(page_of(brief)).content.decode()

    assert "2 to mend." in page
    assert "They <mark>may</mark> return &amp; stay." in page
    assert "Instead:" in page
    assert 'href="#id_body"' in page
    assert 'href="#id_judgements-0-text"' in page
    assert "7 words, 1 min to read" in page
    assert "Check the wording" in page


def test_nothing_to_mend_is_said(client: Client) -> None:
    brief = draft()
    brief.judgements.update(text="The road is closed for a week.")

    assert "Nothing to mend." in as_role(client, "analyst").get(page_of(brief)).content.decode()


def test_language_without_a_table_is_said(client: Client) -> None:
    page = as_role(client, "analyst").get(page_of(draft(language="ar"))).content.decode()

    assert "There is no check of wording for Arabic yet" in page
    assert "Nothing to mend." not in page


def test_who_may_only_read_sees_the_findings_of_a_live_text(client: Client) -> None:
    brief = BriefFactory.create(body="<p>They may return.</p>")

    page = as_role(client, "auditor").get(page_of(brief)).content.decode()

    assert "They <mark>may</mark> return." in page
    assert "Check the wording" not in page


def test_new_brief_has_the_panel_too(client: Client) -> None:
    page = as_role(client, "analyst").get("/staff/briefs/brief/add/").content.decode()

    assert 'id="wording"' in page


def test_a_save_that_is_refused_keeps_and_checks_what_was_typed(client: Client) -> None:
    data = PLAIN | {"title": "", "body": "<p>They may return.</p>"}
    data |= {
        f"{name}-{kind}_FORMS": "0"
        for name in ("judgements", "citations")
        for kind in ("TOTAL", "INITIAL")
    }

    page = as_role(client, "analyst").post("/staff/briefs/brief/add/", data).content.decode()

    assert "They <mark>may</mark> return." in page
    assert not Brief.objects.exists()


def test_button_saves_and_comes_back(client: Client) -> None:
    """What it does without JavaScript: it is named as "Save and continue editing" is."""
    page = as_role(client, "analyst").get(page_of(draft())).content.decode()

    assert '<button class="staff-button" type="submit" name="_continue"' in page


def test_typed_text_is_checked_and_never_saved(client: Client) -> None:
    brief = draft(title="Kayes")
    as_role(client, "analyst")

    response = client.post(
        CHECK,
        PLAIN | {"title": "Kayes may fall", "body": "<script>x</script><p>It <b>held</b>.</p>"},
    )

    assert response.status_code == 200
    page = response.content.decode()
    assert "Kayes <mark>may</mark> fall" in page
    assert 'data-summary="1 to mend."' in page
    assert "2 words, 1 min to read" in page
    assert not Revision.objects.exists()
    assert Brief.objects.get().title == brief.title


def test_typed_judgements_are_read_in_their_order(client: Client) -> None:
    day = (timezone.now() + timedelta(days=60)).date().isoformat()
    rows = {
        "judgements-0-position": "2",
        "judgements-0-text": "The port may close.",
        "judgements-0-horizon_on": day,
        "judgements-1-position": "1",
        "judgements-1-text": "The road closes.",
        "judgements-2-position": "3",
        "judgements-2-text": "It is likely.",
        "judgements-2-DELETE": "on",
    }

    page = as_role(client, "analyst").post(CHECK, PLAIN | rows).content.decode()

    assert page.index("Judgement 1") < page.index("Judgement 2")
    assert "Judgement 3" not in page
    assert "no day by which it can be checked" in page
    assert 'href="#id_judgements-0-text"' in page


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"language": "xx", "title": "<script>alert(1)</script>"},
        {"judgements-x-text": "a", "judgements-99999-text": "b", "judgements-٣-text": "c"},
        {
            "judgements-0-text": "It may",
            "judgements-0-position": "-1",
            "judgements-0-horizon_on": "soon",
        },
        {"title": "\x00\ud7ff", "data_cutoff_0": "31 April", "language": "en"},
    ],
)
def test_whatever_is_typed_is_answered(client: Client, typed: dict[str, str]) -> None:
    response = as_role(client, "analyst").post(CHECK, typed)

    assert response.status_code == 200
    assert b"<script>" not in response.content


def test_more_than_a_brief_may_hold_is_refused(client: Client) -> None:
    assert as_role(client, "analyst").post(CHECK, {"body": "a " * 150_000}).status_code == 413


@pytest.mark.parametrize(
    ("role", "status"),
    [("analyst", 200), ("editor", 200), ("publisher", 200), ("adviser", 403), ("auditor", 403)],
)
def test_who_may_ask(client: Client, role: str, status: int) -> None:
    assert as_role(client, role).post(CHECK, PLAIN).status_code == status


def test_stranger_is_sent_to_the_login_and_a_look_is_refused(client: Client) -> None:
    assert client.post(CHECK, PLAIN)["Location"].startswith("/staff/login/")
    assert as_role(client, "analyst").get(CHECK).status_code == 405


def test_it_needs_the_token_of_its_page() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert as_role(strict, "analyst").post(CHECK, PLAIN).status_code == 403


def test_approver_is_told_before_approving(client: Client) -> None:
    brief = bring_to(draft(body="<p>They may return.</p>"), "in_review")
    question = reverse("admin:briefs_brief_verb", args=[brief.pk, "approve"])

    brief.judgements.update(text="It is likely.")
    page = as_role(client, "editor").get(question).content.decode()

    assert "The wording check, beside the text: 2 to mend. (possible, but how likely?" in page
