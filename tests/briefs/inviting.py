"""Reviewers from outside, and what their mail opens."""

from typing import Any

from briefs import inviting
from briefs.models import Brief, ReviewLink
from mail.models import Message
from tests.briefs.workflow import bring_to
from tests.factories import BriefFactory, UserFactory


def in_review(**fields: Any) -> Brief:
    """A brief that waits for review."""
    return bring_to(BriefFactory.create(is_published=False, **fields), "in_review")


def invite(brief: Brief | None = None, **fields: Any) -> tuple[ReviewLink, str]:
    """A link for Fatou, and the address of its page as her mail has it."""
    given = {"name": "Fatou Example", "email": "fatou@reviewer.example"} | fields
    by = given.pop("by", None) or UserFactory.create(full_name="Edem Editor")
    link = inviting.invite_reviewer(brief=brief or in_review(), by=by, **given)
    return link, address_of(link)


def address_of(link: ReviewLink) -> str:
    """The path of a link's page."""
    url = Message.objects.get(key=f"review-link:{link.pk}").private_url
    return "/" + url.split("/", 3)[3]
