"""The erasure map of proposals. What a client accepted stays for the time of legal claims; the rest is deleted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.erasure_map import Keeping, Person, declare
from intake import retaining
from intake.models import Keeps
from proposals import consenting as consenting  # registers what clients agreed to
from proposals.models import (
    Acceptance,
    ClientLink,
    Decline,
    Document,
    LineItem,
    Proposal,
    ProposalTemplate,
    ProposalVersion,
    Section,
    TemplateLine,
    TemplateSection,
    VersionStatus,
)

_WHY = "An accepted proposal is a contract: kept for legal claims (GDPR, article 17 (3) e)."


def kept_for() -> timedelta:
    """For how long an accepted proposal is kept after its acceptance."""
    return retaining.period_of(Keeps.ACCEPTED)


def _of(model: type[Any], path: str) -> Callable[[Person], QuerySet[Any]]:
    """The rows of a model that belong to proposals for the person's leads."""

    def rows(person: Person) -> QuerySet[Any]:
        found: QuerySet[Any] = model.objects.filter(**{f"{path}lead__in": person.leads})
        return found

    return rows


def _keeping(path: str) -> Keeping:
    """Rows of accepted versions; `path` leads to the version."""

    def accepted(rows: QuerySet[Any]) -> QuerySet[Any]:
        since = timezone.now() - kept_for()
        is_accepted = {f"{path}status": VersionStatus.ACCEPTED, f"{path}closed_at__gt": since}
        return rows.filter(**is_accepted)

    return Keeping(reason=_WHY, rows=accepted, since=f"{path}closed_at", period=kept_for)


declare(
    Proposal,
    of=_of(Proposal, ""),
    deletes=Q(),
    personal="reference status created_at",
    staff="created_by",
    none="id lead",
    keeping=_keeping("versions__"),
    locks=True,
)
declare(
    ProposalVersion,
    of=_of(ProposalVersion, "proposal__"),
    deletes=Q(),
    personal=(
        "number status title language currency terms valid_until recipient_name recipient_email content content_sha256 "
        "created_at sent_at closed_at"
    ),
    staff="prepared_by",
    none="id proposal",
    keeping=_keeping(""),
)
declare(
    Section,
    of=_of(Section, "version__proposal__"),
    deletes=Q(),
    personal="position heading body stable_id",
    none="id version",
    keeping=_keeping("version__"),
)
declare(
    LineItem,
    of=_of(LineItem, "version__proposal__"),
    deletes=Q(),
    personal="position description quantity unit unit_price tax_rate tax_label stable_id",
    none="id version",
    keeping=_keeping("version__"),
)
declare(
    Document,
    of=_of(Document, "version__proposal__"),
    deletes=Q(),
    personal="pdf sha256 engine rendered_at",
    none="id version",
    keeping=_keeping("version__"),
)
declare(
    ClientLink,
    of=_of(ClientLink, "version__proposal__"),
    deletes=Q(),
    personal="name email digest created_at revoked_at",
    none="id version",
    keeping=_keeping("version__"),
    withheld={"digest": "Made from a private key."},
)
declare(
    Acceptance,
    of=_of(Acceptance, "version__proposal__"),
    deletes=Q(),
    personal="full_name job_title consent_text content_sha256 pdf_sha256 accepted_at",
    none="id version link",
    keeping=_keeping("version__"),
)
declare(
    Decline,
    of=_of(Decline, "version__proposal__"),
    deletes=Q(),
    personal="reason declined_at",
    none="id version link",
)

# ---- Templates: the house's own words
declare(ProposalTemplate, none="id name language title terms is_default")
declare(TemplateSection, none="id template position heading body")
declare(TemplateLine, none="id template position description quantity unit")
