"""Each button: who may press it, and where a brief must stand for it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefs import revising
from briefs.models import Brief, BriefStatus, Move
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db

WORDS: dict[str, dict[str, str]] = {
    "request-changes": {"reason": "Say when."},
    "correct": {"kind": "factual", "text": "It was two trucks."},
    "withdraw": {"reason": "It was wrong."},
    "emergency": {"emergency_reason": "Lives depend on it."},
    "move": {"slug": "another-address"},
    "expire": {"expires_at": "2099-01-01T09:00", "zone": "UTC"},
    "schedule": {"published_at": "2026-12-31T09:00", "zone": "UTC"},
}
# Each verb with the statuses that it starts from, the one it leads to, and the roles that may call it.
WRITERS, REVIEWERS, PUBLISHERS = (
    ("analyst", "editor", "publisher"),
    ("editor", "publisher"),
    ("publisher",),
)
TABLE: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "submit": (("draft", "changes_requested"), "in_review", WRITERS),
    "call-back": (("in_review",), "draft", WRITERS),
    "request-changes": (("in_review",), "changes_requested", REVIEWERS),
    "approve": (("in_review",), "approved", REVIEWERS),
    "publish": (("approved",), "published", PUBLISHERS),
    "emergency": (("draft", "in_review", "changes_requested"), "published", ()),
    "correct": (("published",), "published", PUBLISHERS),
    "move": (("published",), "published", PUBLISHERS),
    "expire": (("published",), "published", PUBLISHERS),
    "archive": (("published",), "archived", PUBLISHERS),
    "withdraw": (("published", "archived"), "withdrawn", PUBLISHERS),
    "revise": (("published",), "published", WRITERS),
}
ROLES = ("analyst", "editor", "publisher", "adviser", "approver", "auditor")


def brief_in(status: str) -> Brief:
    """A brief in any status but withdrawn, by the verbs."""
    if status in ("published", "archived", "withdrawn"):
        brief = BriefFactory.create()
        client = client_of("publisher")
        if status != "published":
            name = {"archived": "archive", "withdrawn": "withdraw"}[status]
            client.post(address(brief, name), WORDS.get(name, {}))
        return brief
    brief = bring_to(BriefFactory.create(is_published=False), status)
    revising.record_revision(brief=brief, by=brief.created_by)
    return brief


def client_of(role: str) -> Client:
    """Somebody of this role, logged in; "superuser" may do everything."""
    is_super = role == "superuser"
    user = UserFactory.create(is_superuser=is_super, roles=[] if is_super else [role])
    client = Client()
    client.force_login(user)
    return client


def address(brief: Brief, name: str) -> str:
    return reverse("admin:briefs_brief_verb", args=[brief.pk, name])


def press(client: Client, brief: Brief, name: str) -> Any:
    brief.refresh_from_db()
    return client.post(
        address(brief, name), WORDS.get(name, {}) | {"seen": brief.head_revision_id or 0}
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TABLE)
def test_only_its_roles_press_a_button(name: str, role: str) -> None:
    (start, *_), end, roles = TABLE[name]
    brief = brief_in(start)
    moves = Move.objects.count()

    response = press(client_of(role), brief, name)

    brief.refresh_from_db()
    if role in roles:
        assert (response.status_code, brief.status) == (302, end)
    else:
        assert (response.status_code, brief.status) == (403, start)
        assert Move.objects.count() == moves


@pytest.mark.parametrize("status", BriefStatus.values)
@pytest.mark.parametrize("name", TABLE)
def test_a_button_works_only_where_its_verb_starts(name: str, status: str) -> None:
    brief = brief_in(status)
    starts, end, _ = TABLE[name]
    moves = Move.objects.count()

    press(client_of("superuser"), brief, name)

    brief.refresh_from_db()
    assert brief.status == (end if status in starts else status)
    if status not in starts:
        assert Move.objects.count() == moves


@pytest.mark.parametrize("name", TABLE)
def test_page_offers_a_button_to_those_who_may_press_it(name: str) -> None:
    (start, *_), _, roles = TABLE[name]
    brief = brief_in(start)
    page = reverse("admin:briefs_brief_change", args=[brief.pk])

    for role in ROLES:
        response = client_of(role).get(page)
        offered = address(brief, name) in response.content.decode()
        assert offered == (role in roles)


def test_superuser_does_not_approve_a_text_of_their_own() -> None:
    author = UserFactory.create(is_superuser=True)
    brief = bring_to(BriefFactory.create(is_published=False, created_by=author), "in_review")
    client = Client()
    client.force_login(author)

    response = press(client, brief, "approve")

    assert "Nobody approves a text of their own." in response.content.decode()
    assert Brief.objects.get().status == "in_review"


def test_text_that_moved_is_not_approved_unseen() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")
    seen = brief.head_revision_id
    edit(brief, brief.created_by, title="Another title")

    response = client_of("editor").post(address(brief, "approve"), {"seen": seen})

    assert response.status_code == 400
    assert "changed since you opened it" in response.content.decode()
    assert Brief.objects.get().status == "in_review"


def test_pressed_twice_a_button_acts_once() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "approved")
    client = client_of("publisher")

    press(client, brief, "publish")
    press(client, brief, "publish")

    assert Move.objects.filter(to_status="published").count() == 1
    assert Brief.objects.get().published_at <= timezone.now()
