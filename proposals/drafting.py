"""From a lead to a draft: one click, and the next version of what was sent before."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefs.models import Brief
from intake import after_sending, leads, references
from intake.models import Activity, Lead, Status
from proposals.models import (
    LIVE,
    UNSENT,
    LineItem,
    Proposal,
    ProposalTemplate,
    ProposalVersion,
    Section,
    VersionStatus,
)

VALID_DAYS = 30
RELATED_BRIEFS = 5
TAX_LABELS = {"en": "VAT", "fr": "TVA", "pt": "IVA", "ar": "ضريبة القيمة المضافة"}
QUOTATION_MARKS = {
    "en": ("“", "”"),
    "fr": ("«\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}»"),
    "pt": ("«", "»"),
    "ar": ("«", "»"),
}
_INLINE = re.compile(r"([\\`*_\[\]<])")
_LINE_START = re.compile(r"(?m)^(\s*\d*)([#>+\-.)=])")
_LINE_BREAK = re.compile(r"[ \t]*(?:\r\n|\r|\n)[ \t]*")
_WITHIN_PARAGRAPH = re.compile(r"(?<=[^\n])\n(?=[^\n])")
_PLACEHOLDER = re.compile(r"\{(?:reference|organisation|needs|briefs)\}")


@transaction.atomic
def draft_proposal(*, lead: Lead, by: User) -> ProposalVersion:
    """Make a draft from the template of the lead's language, filled with the client's words and related briefs.

    Raises ValidationError: code "conflict" when the lead cannot have a proposal now or has one already, code
    "no_template" when no template is set up.
    """
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if lead.proposals.filter(status=Proposal.Status.OPEN).exists():
        raise ValidationError("This lead has an open proposal already.", code="conflict")
    template = _template(lead.language)
    leads.move_lead(lead=lead, to=Status.PROPOSAL, by=by, activity=Activity.Kind.PROPOSAL_DRAFTED)
    proposal = Proposal.objects.create(
        reference=references.new_reference("P"), lead=lead, created_by=by
    )
    contact = after_sending.contact_of(lead)
    version = ProposalVersion.objects.create(
        proposal=proposal,
        number=1,
        title=_filled_title(template.title, lead)[:200],
        language=template.language,
        terms=template.terms,
        valid_until=_end_of_day(VALID_DAYS),
        recipient_name=contact.full_name,
        recipient_email=contact.email,
        prepared_by=by,
    )
    _fill(version, template, lead)
    return version


def _template(language: str) -> ProposalTemplate:
    defaults = ProposalTemplate.objects.filter(is_default=True)
    template = defaults.filter(language=language).first() or defaults.filter(language="en").first()
    if template is None:
        raise ValidationError(
            "No proposal template is the default. Add one under Staff, Proposal templates.",
            code="no_template",
        )
    return template


def _end_of_day(days: int) -> datetime:
    day = timezone.now() + timedelta(days=days)
    return day.replace(hour=23, minute=59, second=59, microsecond=0)


def _filled_title(title: str, lead: Lead) -> str:
    organisation = lead.enquiry.organisation or lead.enquiry.full_name
    return _filled(title, {"{reference}": lead.reference, "{organisation}": organisation})


def _filled(text: str, words: dict[str, str]) -> str:
    """The text with its placeholders replaced, once: one that a client typed is not a placeholder."""
    return _PLACEHOLDER.sub(lambda found: words.get(found[0], found[0]), text)


def _fill(version: ProposalVersion, template: ProposalTemplate, lead: Lead) -> None:
    words = {"{needs}": quote(lead.enquiry.needs, template.language), "{briefs}": _brief_list(lead)}
    parts = [(p, _filled(p.body, words)) for p in template.sections.order_by("position", "pk")]
    Section.objects.bulk_create(
        Section(version=version, position=part.position, heading=part.heading, body=body)
        for part, body in parts
        if body.strip() or not part.body.strip()  # not a heading over briefs that there are none of
    )
    LineItem.objects.bulk_create(
        LineItem(
            version=version,
            position=line.position,
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            tax_label=TAX_LABELS[template.language],
        )
        for line in template.lines.order_by("position", "pk")
    )


def quote(text: str, language: str = "en") -> str:
    """A person's words in the quotation marks of the language, as Markdown in which none of them is markup."""
    opening, closing = QUOTATION_MARKS[language]
    return f"{opening}{escape(text.strip())}{closing}"


def escape(text: str) -> str:
    """Text as Markdown that shows exactly this text, line by line; only what would be markup gets a backslash."""
    lines = _LINE_BREAK.sub("\n", text)
    marked = _LINE_START.sub(r"\1\\\2", _INLINE.sub(r"\\\1", lines))
    return _WITHIN_PARAGRAPH.sub("\\\\\n", marked)


def _brief_list(lead: Lead) -> str:
    """Links to the brief that led here and to the newest ones on the same countries."""
    items = [
        f"- [{escape(brief.title)}]({settings.SITE_URL}{brief.get_absolute_url()})"
        for brief in related(lead)
    ]
    return "\n".join(items)


def related(lead: Lead) -> list[Brief]:
    """The public brief that the client came from, then the newest on the lead's countries."""
    first = lead.enquiry.brief
    public = Brief.objects.public()
    own = list(public.filter(pk=first.pk)) if first else []
    others = public.filter(countries__overlap=lead.countries) if lead.countries else public.none()
    others = others.exclude(pk__in=[brief.pk for brief in own]).order_by("-published_at", "-pk")
    return [*own, *others[: RELATED_BRIEFS - len(own)]]


@transaction.atomic
def revise_version(*, version: ProposalVersion, by: User) -> ProposalVersion:
    """Make the next draft from a version that was sent. What was sent stays as it is until the draft is sent.

    Raises ValidationError(code="conflict") when the proposal is closed, has a draft or this version was not sent.
    """
    proposal = Proposal.objects.select_for_update().get(pk=version.proposal_id)
    version = ProposalVersion.objects.get(pk=version.pk)
    revisable = (*LIVE, VersionStatus.EXPIRED)
    if proposal.status != Proposal.Status.OPEN or version.status not in revisable:
        raise ValidationError(
            "Only a version that is with the client or has expired can be revised.", code="conflict"
        )
    if proposal.versions.filter(status__in=UNSENT).exists():
        raise ValidationError("This proposal has a draft already.", code="conflict")
    parts: list[Section | LineItem] = [*version.sections.order_by("pk")]
    parts += version.lines.order_by("pk")
    newest = proposal.versions.order_by("-number").values_list("number", flat=True)[0]
    draft = ProposalVersion.objects.create(
        proposal=proposal,
        number=newest + 1,
        prepared_by=by,
        valid_until=_end_of_day(VALID_DAYS),
        **{name: getattr(version, name) for name in _CARRIED},
    )
    for part in parts:
        _carry(part, draft)
    return draft


def _carry(part: Section | LineItem, draft: ProposalVersion) -> None:
    """Copy a part with its stable id."""
    part.pk, part.version = None, draft
    part._state.adding = True
    part.save()


_CARRIED = ("title", "language", "currency", "terms", "recipient_name", "recipient_email")
