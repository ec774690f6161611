"""What single buttons refuse, and that pressed twice they act once. Who may press which: test_roles.py."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefs.models import Brief, Move
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db

WORDS: dict[str, dict[str, str]] = {
    "approve": {"reason": "A short note."},
    "request-changes": {"reason": "Say when."},
    "correct": {"kind": "factual", "text": "It was two trucks."},
    "withdraw": {"reason": "It was wrong."},
    "emergency": {"emergency_reason": "Lives depend on it."},
    "move": {"slug": "another-address"},
    "expire": {"expires_at": "2099-01-01T09:00", "zone": "UTC"},
    "schedule": {"published_at": "2026-12-31T09:00", "zone": "UTC"},
}
ROLES = ("analyst", "editor", "publisher", "adviser", "approver", "auditor")


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

    response = client_of("editor").post(
        address(brief, "approve"), {"seen": seen, "reason": "Read."}
    )

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


def test_what_is_not_ticked_is_explained_before_it_is_approved() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")
    client, numbers = client_of("editor"), [str(n) for n in range(1, 10)]
    words = {"seen": brief.head_revision_id, "checklist": numbers[:3] + numbers[4:]}

    response = client.post(address(brief, "approve"), words)

    assert response.status_code == 400
    page = response.content.decode()
    assert "Say why it is fit without what is not ticked: 4." in page
    assert page.count(" checked") == 8
    brief.refresh_from_db()
    assert brief.status == "in_review"
    assert client.post(address(brief, "approve"), words | {"checklist": numbers}).status_code == 302
    assert Move.objects.latest("pk").checklist == list(range(1, 10))
