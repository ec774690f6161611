"""The thread, the reviewers outside and the hand-over on a brief's staff page."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from briefs import commenting, inviting, revising, translating
from briefs.models import Brief, ReviewComment, ReviewLink
from mail.models import Message
from tests.briefs.admin.test_verbs import ROLES, address, client_of
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db

WRITERS, REVIEWERS = ("analyst", "editor", "publisher"), ("editor", "publisher")
PERSON = {"name": "Fatou Example", "email": "fatou@reviewer.example", "language": "fr", "days": "7"}


def in_review(**fields: Any) -> Brief:
    return bring_to(BriefFactory.create(is_published=False, **fields), "in_review")


def page_of(brief: Brief, client: Client) -> str:
    return client.get(reverse("admin:briefs_brief_change", args=[brief.pk])).content.decode()


@pytest.fixture
def brief() -> Brief:
    return in_review()


def words_for(name: str, brief: Brief) -> dict[str, Any]:
    """What a verb's form sends, and what there must be for it."""
    if name in ("resolve-comment", "reopen-comment"):
        said = commenting.comment_on_brief(brief=brief, by=brief.created_by, text="Say when.")
        if name == "reopen-comment":
            commenting.resolve_comment(comment=said, by=brief.created_by)
        return {"comment": said.pk}
    if name in ("revoke-link", "reissue-link"):
        given = {"name": "Fatou", "email": "f@reviewer.example"}
        link = inviting.invite_reviewer(brief=brief, by=brief.created_by, **given)
        return {"link": link.pk, "days": "3"}
    if name == "restore":
        edit(brief, brief.created_by, title="Another title")
        return {"revision": brief.revisions.get(number=1).pk}
    return {"comment": {"anchor": "title", "text": "Too long."}, "invite": PERSON}.get(name, {})


def state() -> list[Any]:
    """All that these verbs change."""
    return [
        list(ReviewComment.objects.order_by("pk").values_list("text", "resolved_at")),
        list(ReviewLink.objects.order_by("pk").values_list("email", "revoked_at")),
        list(Brief.objects.order_by("pk").values_list("assignee", "due_on", "head_revision")),
        Message.objects.count(),
    ]


TABLE = {
    "hand-over": WRITERS,
    "comment": WRITERS,
    "resolve-comment": WRITERS,
    "reopen-comment": WRITERS,
    "restore": WRITERS,
    "invite": REVIEWERS,
    "reissue-link": REVIEWERS,
    "revoke-link": REVIEWERS,
}


@pytest.mark.parametrize("name", TABLE)
def test_only_its_roles_press_a_button_and_nobody_unknown(name: str, brief: Brief) -> None:
    words = words_for(name, brief)
    for role in (role for role in ROLES if role not in TABLE[name]):
        before = state()
        assert client_of(role).post(address(brief, name), words).status_code == 403
        assert state() == before

    before = state()
    assert Client().post(address(brief, name), words).status_code == 302
    assert state() == before
    for role in TABLE[name][:1]:
        assert client_of(role).get(address(brief, name)).status_code == 200
        assert client_of(role).post(address(brief, name), words).status_code == 302


@pytest.mark.parametrize("role", ROLES)
def test_page_offers_the_thread_to_those_who_may_speak(role: str, brief: Brief) -> None:
    said = commenting.comment_on_brief(brief=brief, by=brief.created_by, text="Say <i>when</i>.")

    page = page_of(brief, client_of(role))

    assert "Say &lt;i&gt;when&lt;/i&gt;." in page
    assert (f'name="comment" value="{said.pk}"' in page) == (role in WRITERS)


def test_thread_shows_open_ones_first_and_asks_nothing_more_for_three_than_for_one(
    brief: Brief,
) -> None:
    client = client_of("editor")
    people = UserFactory.create_batch(3)

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            page_of(brief, client)
        return len(context)

    commenting.comment_on_brief(brief=brief, by=people[0], text="One.")
    queries()
    one = queries()
    for person in people[1:]:
        commenting.comment_on_brief(brief=brief, by=person, text="More.")
        inviting.invite_reviewer(
            brief=brief, by=person, name="Fatou", email=f"f{person.pk}@reviewer.example"
        )

    assert queries() == one


def test_comment_twice_from_one_form_is_one(brief: Brief) -> None:
    client = client_of("editor")
    words = {
        "anchor": "title",
        "text": "Too long.",
        "form_id": "6f3d1f0e-1111-4222-8333-444455556666",
    }

    for _ in range(2):
        client.post(address(brief, "comment"), words)

    assert ReviewComment.objects.get().text == "Too long."


def test_refused_comment_keeps_what_was_typed(brief: Brief) -> None:
    answer = client_of("editor").post(
        address(brief, "comment"), {"anchor": "title", "text": "bad\u202etext"}
    )

    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Take out the hidden character at position 4 (U+202E)." in page
    assert "bad\u202etext" in page


def test_comment_of_another_brief_is_not_resolved_here(brief: Brief) -> None:
    other = commenting.comment_on_brief(brief=in_review(), by=brief.created_by, text="Say when.")

    answer = client_of("editor").post(address(brief, "resolve-comment"), {"comment": other.pk})

    assert answer.status_code == 400
    other.refresh_from_db()
    assert other.resolved_at is None


def test_approver_sees_what_changed_and_what_is_still_open() -> None:
    live = BriefFactory.create(summary="The road is closed.")
    pending = revising.open_pending(brief=live, by=live.created_by)
    pending = edit(pending, live.created_by, summary="The road is open.")
    pending = bring_to(pending, "in_review")
    commenting.comment_on_brief(brief=pending, by=live.created_by, text="Which road?")

    page = client_of("editor").get(address(pending, "approve")).content.decode()

    assert "What differs from the live text (revision 1)" in page
    assert "<del>" in page
    assert " closed." in page
    assert "Which road?" in page
    assert "1 comment is still open: see above." in page
    assert "It says how good its sources are." in page


def test_invitation_goes_out_once_and_the_table_shows_it(brief: Brief) -> None:
    client = client_of("editor")

    answers = [client.post(address(brief, "invite"), PERSON) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 400]
    assert "has an open link to this text" in answers[1].content.decode()
    assert Message.objects.filter(template="briefs/mail/invitation").count() == 1
    page = page_of(brief, client)
    assert "fatou@reviewer.example" in page
    assert "not yet" in page
    token = Message.objects.get(template="briefs/mail/invitation").private_url.split("/")[-2]
    assert token not in page


@pytest.mark.parametrize(
    ("tlp", "said"),
    [("red", "TLP:RED does not leave the house"), ("amber", "TLP:AMBER goes to clients")],
)
def test_marking_refuses_an_invitation_with_a_reason(brief: Brief, tlp: str, said: str) -> None:
    edit(brief, brief.created_by, tlp=tlp)

    answer = client_of("editor").post(address(brief, "invite"), PERSON)

    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "Fatou Example" in answer.content.decode()
    assert not ReviewLink.objects.exists()


def test_hand_over_and_the_list_of_what_is_mine(brief: Brief) -> None:
    editor = UserFactory.create(roles=["editor"])
    client = Client()
    client.force_login(editor)
    changelist = reverse("admin:briefs_brief_changelist")
    yesterday = timezone.now().date() - timedelta(days=1)

    def titles(turn: str) -> list[str]:
        shown = client.get(changelist, {"turn": turn}).context["cl"].queryset
        return [row.title for row in shown]

    assert (titles("mine"), titles("anybody"), titles("late")) == ([], [brief.title], [])
    words = {"assignee": editor.pk, "due_on": yesterday.isoformat()}
    assert client.post(address(brief, "hand-over"), words).status_code == 302

    assert (titles("mine"), titles("anybody")) == ([brief.title], [])
    assert titles("late") == [brief.title]
    assert "overdue" in client.get(changelist).content.decode()
    assert "(overdue)" in page_of(brief, client)


def test_a_day_without_a_next_one_is_refused_beside_its_field(brief: Brief) -> None:
    client = Client()
    client.force_login(UserFactory.create(roles=["editor"]))

    answer = client.post(address(brief, "hand-over"), {"due_on": "9999-12-31"})

    assert answer.status_code == 400
    assert "Write a year between 1900 and 2999." in answer.content.decode()


def test_what_i_wrote_does_not_wait_for_my_own_review() -> None:
    author = UserFactory.create(roles=["editor"])
    in_review(created_by=author)
    client = Client()
    client.force_login(author)

    shown = client.get(reverse("admin:briefs_brief_changelist"), {"turn": "anybody"})

    assert list(shown.context["cl"].queryset) == []


def test_translation_that_is_behind_says_what_changed_and_can_be_marked() -> None:
    source = BriefFactory.create(summary="The road is closed.")
    draft = translating.start_translation(brief=source, by=source.created_by, language="fr")
    pending = revising.open_pending(brief=source, by=source.created_by)
    Brief.objects.filter(pk=source.pk).update(
        head_revision=edit(pending, source.created_by, summary="It is open.").head_revision
    )
    client = client_of("analyst")
    revisions = reverse("admin:briefs_brief_revisions", args=[source.pk])

    assert f"{revisions}?from=1&amp;to=2" in page_of(draft, client)
    assert client.post(address(draft, "up-to-date")).status_code == 302
    draft.refresh_from_db()

    assert draft.translated_from.number == 2
    assert not translating.is_behind(draft)
    said = ReviewComment.objects.get()
    assert said.text == "Up to date with Revision 2 of the text it translates."
    assert said.resolved_at is not None
    client.post(address(draft, "up-to-date"))
    assert ReviewComment.objects.count() == 1
