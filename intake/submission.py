"""Receiving an enquiry: what arrived, the lead that it makes and the jobs that follow, in one transaction."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts import private_links
from briefs.models import Brief
from intake import consent, references, scanning
from intake.attachments import Upload
from intake.catalogue import Language
from intake.models import Attachment, Enquiry, Lead
from intake.provenance import Provenance
from jobs import queue

STATUS_PAGE = "intake.status"
_COUNTRIES = Lead._meta.get_field("countries")


@dataclass(frozen=True)
class EnquiryContent:
    """The checked fields of a request, named as in the form and the API. Choices hold their stored values."""

    full_name: str
    email: str
    needs: str
    organisation: str = ""
    job_title: str = ""
    phone: str = ""
    country: str = ""
    countries_of_interest: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    timeframe: str = ""
    budget: str = ""
    language: str = ""
    brief: str = ""
    attachments: tuple[Upload, ...] = ()

    def texts(self) -> dict[str, Any]:
        """The fields without the files."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "attachments"}

    def digest(self) -> str:
        """SHA-256 over the fields in canonical JSON: two requests that say the same have the same."""
        files = [[upload.name, upload.sha256] for upload in self.attachments]
        said = self.texts() | ({"attachments": files} if files else {})
        if not self.actors:
            del said[
                "actors"
            ]  # so that requests from before the field have the digest that they had
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Receipt:
    """What the sender gets: the same for the same request sent twice."""

    reference: str
    token: str


def receive_enquiry(
    *,
    content: EnquiryContent,
    channel: Enquiry.Channel,
    idempotency_key: str | None = None,
    page_language: str = Language.ENGLISH,
    arrival: Mapping[str, Any] | None = None,
    provenance: Provenance = Provenance(),  # noqa: B008 - frozen
) -> Receipt:
    """Store the enquiry with its lead and jobs, once per key, and answer the same to every repeat.

    The language of the page is that of the consent; the lead speaks it unless the client chose another. The services
    and the brief of the website that it came through hold where the client names none. `arrival` is what
    `intake.arriving` noted: it is stored for the screening, and changes nothing here.

    Raises ValidationError: code "key_reused" when the key came with another content before, code
    "in_flight" when its twin is still being stored. Nothing is stored then, and the key stays with its first use.
    """
    try:
        lead = _store(content, channel, idempotency_key, page_language, arrival or {}, provenance)
    except IntegrityError:
        return _replay(content, idempotency_key)
    except OperationalError as error:
        if (
            idempotency_key and getattr(error.__cause__, "sqlstate", "") == "55P03"
        ):  # lock_not_available
            raise ValidationError(
                "The same request is being stored right now.", code="in_flight"
            ) from error
        raise
    return _receipt(lead)


@transaction.atomic(durable=True)
def _store(
    content: EnquiryContent,
    channel: Enquiry.Channel,
    key: str | None,
    page_language: str,
    arrival: Mapping[str, Any],
    provenance: Provenance,
) -> Lead:
    brief = _brief_of(content, provenance)
    lists = ("countries_of_interest", "services", "actors")
    columns = content.texts() | {name: list(getattr(content, name)) for name in lists}
    enquiry = Enquiry.objects.create(
        **columns | provenance.columns() | {"brief": None},
        # Looked for within the statement that stores, to spare one.
        **({"brief_id": Subquery(brief.values("pk"))} if brief is not None else {}),
        channel=channel,
        consent_text=consent.text_in(page_language),
        consent_version=consent.VERSION,
        consent_language=page_language,
        idempotency_key=key,
        content_digest=content.digest(),
        arrival=dict(arrival),
    )
    if content.attachments:
        scanning.ask_to_scan(
            Attachment.objects.bulk_create(
                Attachment(enquiry=enquiry, **vars(upload)) for upload in content.attachments
            )
        )
    lead = Lead.objects.create(**_lead_fields(enquiry, brief, provenance))
    queue.enqueue(
        *(
            queue.Ask(kind=kind, subject_id=lead.pk, key=f"lead:{lead.pk}")
            for kind in (
                "intake.match_people",
                "intake.route_lead",
                "intake.acknowledge",
                "intake.read_needs",
            )
        )
    )
    return lead


def _brief_of(content: EnquiryContent, provenance: Provenance) -> QuerySet[Brief] | None:
    """The public brief that it is about, if it is public; else that of the website it came through."""
    public = Brief.objects.public().order_by()
    if content.brief:
        return public.filter(slug=content.brief)
    if provenance.key and provenance.key.brief_id:
        return public.filter(pk=provenance.key.brief_id)
    return None


def _lead_fields(
    enquiry: Enquiry, brief: QuerySet[Brief] | None, provenance: Provenance
) -> dict[str, object]:
    seed = uuid.uuid4()
    key = provenance.key
    return {
        "reference": references.new_reference("R"),
        "enquiry": enquiry,
        "language": enquiry.language or enquiry.consent_language,
        "countries": enquiry.countries_of_interest or _countries_of(brief, enquiry),
        "services": enquiry.services or (key.services if key else []),
        "link_seed": seed,
        "link_digest": private_links.digest(private_links.make_token(STATUS_PAGE, seed)),
    }


def _countries_of(brief: QuerySet[Brief] | None, enquiry: Enquiry) -> list[str] | Coalesce:
    """Those of the brief, for machines; on the form a person saw them chosen and took them away."""
    if brief is None or enquiry.channel != Enquiry.Channel.API:
        return []
    return Coalesce(Subquery(brief.values("countries")), Value([], output_field=_COUNTRIES))


def _replay(content: EnquiryContent, key: str | None) -> Receipt:
    """The receipt of the request that used this key first; any other conflict is a fault and is raised."""
    lead = (
        Lead.objects.select_related("enquiry").filter(enquiry__idempotency_key=key).first()
        if key
        else None
    )
    if lead is None:
        raise RuntimeError("A new enquiry met a constraint that is not its idempotency key.")
    if lead.enquiry.content_digest != content.digest():
        raise ValidationError(
            "This Idempotency-Key came with another request before. Use a new key for a new request.",
            code="key_reused",
        )
    return _receipt(lead)


def _receipt(lead: Lead) -> Receipt:
    return Receipt(reference=lead.reference, token=status_token(lead))


def status_token(lead: Lead) -> str:
    """The token of the client's status page."""
    return private_links.make_token(STATUS_PAGE, lead.link_seed)


def status_url(token: str) -> str:
    """The absolute address of the client's status page, private."""
    return f"{settings.SITE_URL}{reverse('intake:status', args=[token])}"
