"""The revisions of a brief: all of them, compared, looked at and restored."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import time_zones
from briefs import commenting, revising
from briefs.models import Brief, Move, Revision
from tests.briefs.admin.test_verbs import ROLES, address, client_of
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db


def pages(brief: Brief) -> list[str]:
    return [
        reverse("admin:briefs_brief_revisions", args=[brief.pk]),
        reverse("admin:briefs_brief_revision", args=[brief.pk, 1]),
    ]


@pytest.fixture
def brief() -> Brief:
    """A draft with two revisions."""
    made = BriefFactory.create(is_published=False, summary="The road is closed.")
    revising.record_revision(brief=made, by=made.created_by)
    return edit(made, UserFactory.create(), summary="The road is open.", countries=["ML", "NE"])


@pytest.mark.parametrize("number", [0, 1])
def test_pages_are_for_those_who_may_read_briefs(brief: Brief, number: int) -> None:
    page = pages(brief)[number]

    assert Client().get(page).status_code == 302
    stranger = Client()
    stranger.force_login(UserFactory.create())
    assert stranger.get(page).status_code == 404
    outsider = Client()
    outsider.force_login(UserFactory.create(is_staff=False))
    assert outsider.get(page).status_code == 302
    for role in ROLES:
        assert client_of(role).get(page).status_code == 200


def test_list_names_each_revision_and_what_became_of_it() -> None:
    live = BriefFactory.create()
    pending = revising.open_pending(brief=live, by=live.created_by)
    edit(pending, live.created_by, title="Another title")
    commenting.comment_on_brief(brief=pending, by=live.created_by, text="Say when.")

    page = client_of("editor").get(pages(pending)[0]).content.decode()

    assert "stands in the text now" in page
    assert "version 1 for readers" in page
    assert "approved by" in page
    assert "1 comment<" in page
    assert live.live_revision.digest[:12] in page
    assert "?from=1&amp;to=2" in page


def test_two_revisions_are_compared_word_for_word_and_field_for_field(brief: Brief) -> None:
    answer = client_of("editor").get(pages(brief)[0], {"from": "1", "to": "2"})

    changes = answer.context["changes"]
    (name, pieces), *rest = changes.prose
    assert (name, rest) == ("summary", [])
    assert [(p.change, p.text) for p in pieces] == [
        ("same", "The road is"),
        ("deleted", " closed."),
        ("inserted", " open."),
    ]
    assert [(f.name, f.before, f.after) for f in changes.fields] == [("countries", "ML", "ML, NE")]
    page = answer.content.decode()
    assert '<del><span class="hidden" lang="en">[deleted: </span> closed.' in page
    assert '<ins><span class="hidden" lang="en">[added: </span> open.' in page


def test_arabic_is_compared_from_right_to_left() -> None:
    made = BriefFactory.create(is_published=False, language="ar", summary="الطريق مغلق")
    revising.record_revision(brief=made, by=made.created_by)
    edit(made, made.created_by, summary="الطريق مفتوح")

    page = client_of("editor").get(pages(made)[0], {"from": "1", "to": "2"}).content.decode()

    assert '<p class="staff-diff" lang="ar" dir="rtl">' in page


@pytest.mark.parametrize("asked", ["9", "0", "-1", "x", "9" * 30, "<b>"])
def test_revision_that_is_not_there_is_ignored_and_said(brief: Brief, asked: str) -> None:
    answer = client_of("editor").get(pages(brief)[0], {"from": asked, "to": "2"})

    assert answer.status_code == 200
    assert "it was ignored" in answer.content.decode()
    assert "changes" not in answer.context


def test_links_lead_to_what_changed_since_this_person_looked(brief: Brief) -> None:
    editor = UserFactory.create(roles=["editor"])
    commenting.comment_on_brief(brief=brief, by=editor, text="Say when.")
    edit(brief, brief.created_by, title="Another title")
    client = Client()
    client.force_login(editor)

    answer = client.get(pages(brief)[0])

    assert answer.context["quick"] == [
        ("Since I last reviewed it", f"{pages(brief)[0]}?from=2&to=3")
    ]


def test_list_asks_the_same_for_two_revisions_and_for_four(brief: Brief) -> None:
    client = client_of("editor")

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            client.get(pages(brief)[0])
        return len(context)

    queries()
    two = queries()
    for title in ("Three", "Four"):
        edit(brief, UserFactory.create(), title=title)

    assert queries() == two


def test_revision_is_shown_as_readers_would_see_it_and_kept_nowhere(brief: Brief) -> None:
    answer = client_of("editor").get(pages(brief)[1])

    page = answer.content.decode()
    assert "The road is closed." in page
    assert "The road is open." not in page
    assert "Only staff can see this page." in page
    assert '<meta name="robots" content="noindex">' in page
    assert "ld+json" not in page
    assert answer["Cache-Control"].startswith("no-store, private")
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_revision_that_never_was_is_a_404(brief: Brief) -> None:
    assert client_of("editor").get(f"{pages(brief)[0]}9/").status_code == 404


def restore(client: Client, brief: Brief, number: int) -> Any:
    revision = brief.root.revisions.get(number=number)
    return client.post(address(brief, "restore"), {"revision": revision.pk})


def test_restored_text_is_the_newest_revision_and_the_second_press_is_refused(
    brief: Brief,
) -> None:
    client = client_of("analyst")
    asks = client.get(address(brief, "restore")).content.decode()
    assert "somebody else has to approve it" in asks

    answers = [restore(client, brief, 1) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 400]
    assert "The text says this already." in answers[1].content.decode()
    brief.refresh_from_db()
    assert (brief.summary, brief.countries) == ("The road is closed.", ["ML"])
    assert brief.head_revision.number == 3
    assert brief.head_revision.note == "Restored from revision 1"


def test_restoring_makes_an_approved_text_a_draft_and_the_restorer_an_author(brief: Brief) -> None:
    brief = bring_to(brief, "approved")
    editor = UserFactory.create(roles=["editor"])
    client = Client()
    client.force_login(editor)

    assert "needs approval anew" in client.get(address(brief, "restore")).content.decode()
    restore(client, brief, 1)

    brief.refresh_from_db()
    assert brief.status == "draft"
    assert editor.pk in brief.head_revision.authors


def test_restoring_into_a_live_brief_leaves_readers_their_text() -> None:
    live = BriefFactory.create(title="First title")
    pending = revising.open_pending(brief=live, by=live.created_by)
    edit(pending, live.created_by, title="Second title")
    client = client_of("analyst")

    answer = restore(client, live, 1)

    live.refresh_from_db()
    pending.refresh_from_db()
    assert answer["Location"] == reverse("admin:briefs_brief_change", args=[pending.pk])
    assert (live.title, pending.title) == ("First title", "First title")
    assert pending.head_revision.number == 3


def test_revision_of_another_brief_is_not_restored_here(brief: Brief) -> None:
    other = BriefFactory.create()

    answer = client_of("analyst").post(
        address(brief, "restore"), {"revision": other.live_revision.pk}
    )

    assert answer.status_code == 400
    brief.refresh_from_db()
    assert brief.summary == "The road is open."
    assert not Move.objects.filter(brief=brief).exists()


def test_hours_are_told_in_the_time_zone_of_whoever_looks_and_in_utc(brief: Brief) -> None:
    comment = commenting.comment_on_brief(brief=brief, by=brief.created_by, text="Who says so?")
    first = Revision.objects.get(brief=brief, number=1)
    client = Client()
    client.force_login(UserFactory.create(roles=["editor"], time_zone="Africa/Lagos"))

    saved = client.get(pages(brief)[0]).content.decode()
    said = client.get(reverse("admin:briefs_brief_change", args=[brief.pk])).content.decode()
    to_restore = client.get(address(brief, "restore")).content.decode()

    assert time_zones.in_both(first.created_at, "Africa/Lagos") in saved
    assert f"{time_zones.in_both(comment.created_at, 'Africa/Lagos')}</time>" in said
    there = first.created_at.astimezone(ZoneInfo("Africa/Lagos"))
    assert f": {first.created_by}, {there.day} " in to_restore
    assert " Africa/Lagos (" in to_restore
