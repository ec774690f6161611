"""Receiving an enquiry: what arrived, the lead that it makes and the jobs that follow, in one transaction."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from accounts import private_links
from intake import consent, references, scanning, storing
from intake.attachments import Upload
from intake.catalogue import Language
from intake.models import Attachment, Enquiry, Lead
from intake.provenance import Provenance
from intake.used_keys import used_keys
from jobs import queue

STATUS_PAGE = "intake.status"


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
        return dict(self._texts)

    @cached_property
    def _texts(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name in _TEXTS}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the fields in canonical JSON: two requests that say the same have the same."""
        files = [[upload.name, upload.sha256] for upload in self.attachments]
        said = self.texts() | ({"attachments": files} if files else {})
        if not self.actors:
            del said[
                "actors"
            ]  # so that requests from before the field have the digest that they had
        return hashlib.sha256(_canonical(said).encode()).hexdigest()


# Made once: `json.dumps` makes one for each text.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode
_as_json = json.JSONEncoder().encode
_TEXTS = frozenset(field.name for field in fields(EnquiryContent)) - {"attachments"}


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
    if first := _first_receipt_seen(content, idempotency_key):
        return first
    seed = uuid.uuid4()
    receipt = Receipt(references.new_reference("R"), private_links.make_token(STATUS_PAGE, seed))
    enquiry = _enquiry_row(content, provenance, page_language) | {
        "channel": channel.value,
        "idempotency_key": idempotency_key,
        "arrival": _as_json(arrival or {}),
    }
    lead = _lead_row(content, provenance, page_language) | {
        "reference": receipt.reference,
        "link_seed": seed,
        "link_digest": private_links.digest(receipt.token),
    }
    # For machines; on the form a person saw the brief's countries chosen and took them away.
    with_countries = channel == Enquiry.Channel.API and not content.countries_of_interest
    brief = _brief_named(content, provenance)
    is_stored = _store(
        content.attachments, enquiry=enquiry, lead=lead, brief=brief, with_countries=with_countries
    )
    if is_stored and idempotency_key:
        used_keys.note(idempotency_key, content.digest)
    first = None if is_stored else _first_receipt(content, str(idempotency_key))
    if not is_stored and first is None:
        raise RuntimeError("A request was not stored, and its idempotency key is not known either.")
    return first or receipt


def _store(files: tuple[Upload, ...], *, enquiry: dict[str, Any], **rows: Any) -> bool:
    """Store it with its files and have workers told of its jobs; False when its key was used before."""
    try:
        with _one_transaction(files):
            stored = storing.store_request(enquiry=enquiry, **rows)
            if stored:
                _keep_files(files, stored.enquiry_id)
                queue.hint_together(storing.FOLLOW_UPS, stored.job_ids)
    except OperationalError as error:
        is_locked = getattr(error.__cause__, "sqlstate", "") == "55P03"  # lock_not_available
        if is_locked and enquiry["idempotency_key"]:
            raise ValidationError(
                "The same request is being stored right now.", code="in_flight"
            ) from error
        raise
    return stored is not None


def _enquiry_row(
    content: EnquiryContent, provenance: Provenance, page_language: str
) -> dict[str, Any]:
    said = content.texts()
    del said["brief"]
    return (
        {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}
        | provenance.columns()
        | {
            "consent_text": consent.text_in(page_language),
            "consent_version": consent.VERSION,
            "consent_language": page_language,
            "content_digest": content.digest,
        }
    )


def _lead_row(
    content: EnquiryContent, provenance: Provenance, page_language: str
) -> dict[str, Any]:
    of_site = provenance.key.services if provenance.key else []
    return {
        "lead_language": content.language or page_language,
        "lead_countries": list(content.countries_of_interest),
        "lead_services": list(content.services) or of_site,
    }


def _brief_named(content: EnquiryContent, provenance: Provenance) -> dict[str, Any]:
    """The brief that it is about, should it be public; else that of the website it came through."""
    if content.brief:
        return {"slug": content.brief}
    if provenance.key and provenance.key.brief_id:
        return {"pk": provenance.key.brief_id}
    return {}


def _one_transaction(files: tuple[Upload, ...]) -> AbstractContextManager[Any]:
    """What makes one transaction of all that is stored. A single statement is one, and spares BEGIN and COMMIT."""
    if (
        files or connection.in_atomic_block
    ):  # which is refused, since thanks would come before its end
        return transaction.atomic(durable=True)
    return nullcontext()


def _keep_files(files: tuple[Upload, ...], enquiry_id: int) -> None:
    if files:
        rows = (Attachment(enquiry_id=enquiry_id, **vars(upload)) for upload in files)
        scanning.ask_to_scan(Attachment.objects.bulk_create(rows))


def _first_receipt_seen(content: EnquiryContent, key: str | None) -> Receipt | None:
    """The same, before anything is stored, of a key that this process has seen used."""
    if key is None or key not in used_keys:
        return None
    if used_keys.came_otherwise(key, content.digest):
        raise _key_reused()
    first = _first_receipt(content, key)
    if first is None:
        used_keys.forget(key)
    return first


def _first_receipt(content: EnquiryContent, key: str) -> Receipt | None:
    """The receipt of the request that used this key first, if there is one."""
    first = storing.first_use_of(key)
    if first is None:
        return None
    reference, seed, of_link, digest = first
    used_keys.note(key, digest)
    if digest != content.digest:
        raise _key_reused()
    return Receipt(reference, private_links.token_of(STATUS_PAGE, seed, of_link))


def _key_reused() -> ValidationError:
    return ValidationError(
        "This Idempotency-Key came with another request before. Use a new key for a new request.",
        code="key_reused",
    )


def status_token(lead: Lead) -> str:
    """The token of the client's status page."""
    return private_links.token_of(STATUS_PAGE, lead.link_seed, lead.link_digest)


def status_url(token: str) -> str:
    """The absolute address of the client's status page, private."""
    return f"{settings.SITE_URL}{status_path(token)}"


def status_path(token: str) -> str:
    """The same address within the site."""
    before, after = _around_token()
    return f"{before}{token}{after}"


@cache
def _around_token() -> tuple[str, str]:
    before, after = reverse("intake:status", args=["a-token"]).split("a-token")
    return before, after
