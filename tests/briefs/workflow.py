"""Bringing briefs to where a test begins."""

from typing import Any

from accounts.models import User
from briefs import reviewing, revising
from briefs.models import Brief
from tests.factories import UserFactory, approve


def bring_to(brief: Brief, status: str) -> Brief:
    """A draft brought to in_review, changes_requested or approved by the verbs."""
    author = brief.created_by
    if status == "approved":
        return approve(brief)
    if status != "draft":
        revising.record_revision(brief=brief, by=author)
        brief = reviewing.submit_brief(brief=brief, by=author)
    if status == "changes_requested":
        reason = "Say when."
        brief = reviewing.request_changes(brief=brief, by=UserFactory.create(), reason=reason)
    return brief


def edit(brief: Brief, by: User, **fields: Any) -> Brief:
    """Save other words into a brief that is not live, as the staff page does."""
    for name, value in fields.items():
        setattr(brief, name, value)
    brief.clean()
    brief.save()
    revising.record_revision(brief=brief, by=by)
    brief.refresh_from_db()
    return brief


def superuser() -> User:
    """Somebody whom no permission stops."""
    return UserFactory.create(is_superuser=True)
