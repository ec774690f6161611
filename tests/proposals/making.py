"""Proposals at each step of their way, made by the verbs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from intake.models import Adviser, Lead, Status
from jobs import working
from jobs.models import Job
from mail.models import Message
from proposals import answering, drafting, sending
from proposals.answering import Signature
from proposals.models import (
    ClientLink,
    ProposalTemplate,
    ProposalVersion,
    TemplateLine,
    TemplateSection,
)
from tests import factories

NEEDS = "A route assessment from Bamako to Gao."


def make_template(language: str = "en", **fields: Any) -> ProposalTemplate:
    """The default template of a language: the client's words, the briefs, one line."""
    given = {
        "name": f"Standard {language}",
        "title": "Advice for {organisation}",
        "is_default": True,
    }
    template = ProposalTemplate.objects.create(language=language, **given | fields)
    for position, body in enumerate(("{needs}", "Read first:\n\n{briefs}"), start=1):
        TemplateSection.objects.create(
            template=template, position=position, heading=f"Heading {position}", body=body
        )
    TemplateLine.objects.create(
        template=template, position=1, description="Written assessment", quantity=2, unit="report"
    )
    return template


def make_lead(owner: Adviser | None = None, **content: Any) -> Lead:
    """A qualified lead with its adviser, and a template for it."""
    if not ProposalTemplate.objects.exists():
        make_template()
    given = {"organisation": "Sahel Mining Example", "needs": NEEDS}
    return factories.lead_of(owner, Status.QUALIFIED, **given | content)


def adviser_of(lead: Lead) -> User:
    """The user who owns the lead."""
    assert lead.owner is not None
    return lead.owner.user


def make_draft(lead: Lead | None = None, **changes: Any) -> ProposalVersion:
    """A draft with one line: two reports at 1,250 and 18 % tax. `changes` are of the version."""
    lead = lead or make_lead()
    version = drafting.draft_proposal(lead=lead, by=adviser_of(lead))
    version.lines.update(unit_price=Decimal(1250), tax_rate=Decimal(18))
    ProposalVersion.objects.filter(pk=version.pk).update(**changes)
    version.refresh_from_db()
    return version


def send(version: ProposalVersion) -> ProposalVersion:
    """The version, frozen, its document still to be rendered."""
    return sending.send_version(version=version, by=version.prepared_by)


def run_jobs(kind: str, subject_id: int) -> list[str]:
    """Do the jobs of a kind about a row as a worker does; their states afterwards."""
    jobs = Job.objects.filter(kind=kind, subject_id=subject_id).order_by("pk")
    for job in jobs:
        working.run_job(job.pk)
    return list(jobs.values_list("state", flat=True))


def make_sent(lead: Lead | None = None, **changes: Any) -> ProposalVersion:
    """A version that is with the client: frozen, rendered, its link in a message."""
    version = send(make_draft(lead, **changes))
    assert run_jobs("proposals.render", version.pk) == ["done"]
    return version


def last_month() -> AbstractContextManager[object]:
    """Inside it the application's clock, not the database's, stands 31 days back."""
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() - timedelta(days=31))


def make_overdue(lead: Lead | None = None) -> ProposalVersion:
    """A version that was sent 31 days ago and whose time is over."""
    with last_month():
        return make_sent(lead)


def link_of(version: ProposalVersion) -> ClientLink:
    """The link that is open, with its version read anew."""
    return version.links.select_related("version").get(revoked_at__isnull=True)


def token_of(version: ProposalVersion) -> str:
    """The token in the message that holds the open link."""
    message = Message.objects.get(key=f"proposal-link:{link_of(version).pk}")
    return message.private_url.split("/p/")[1].removesuffix("/")


def signature(version: ProposalVersion, **changes: Any) -> Signature:
    """A whole signature under what was sent, with changes."""
    fields = {
        "full_name": "Aïcha Example",
        "job_title": "Head of transport",
        "has_consented": True,
        "content_sha256": version.content_sha256,
    }
    return Signature(**fields | changes)


def accept(version: ProposalVersion, **changes: Any) -> Any:
    """Accept by the version's open link."""
    return answering.accept_version(
        link=link_of(version), token=token_of(version), signature=signature(version, **changes)
    )


def decline(version: ProposalVersion, reason: str = "") -> Any:
    """Decline by the version's open link."""
    return answering.decline_version(link=link_of(version), reason=reason)


def outcome(verb: Callable[[], object]) -> str:
    """Whether a verb did it, or the code of its refusal."""
    try:
        verb()
    except ValidationError as refusal:
        return str(refusal.code)
    return "done"


def statuses(version: ProposalVersion) -> tuple[str, str, str]:
    """How version, proposal and lead stand."""
    found = ProposalVersion.objects.select_related("proposal__lead").get(pk=version.pk)
    return found.status, found.proposal.status, found.proposal.lead.status


def letters() -> list[str]:
    """The keys of the messages that hold a client's link."""
    found = Message.objects.filter(template="proposals/mail/proposal").order_by("pk")
    return list(found.values_list("key", flat=True))
