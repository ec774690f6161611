"""Requests of the demo world, with what became of some of them: each once, by the verbs that clients and staff use."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from briefs.models import Brief
from briefs.touches import Touch
from intake import (
    acknowledging,
    after_sending,
    attribution,
    deadlines,
    erasure_orders,
    handing_over,
    keys,
    quarantine,
    routing,
    screening,
    submission,
)
from intake.catalogue import Language
from intake.models import Adviser, ApiKey, Enquiry, ErasureOrder, Lead
from intake.provenance import Provenance
from mail import addresses
from mail.models import Message, Unreachable

_APART = (
    "waits_since_days", "arrival", "came", "through", "took_no_mail", "released", "adds", "asks_for_erasure",
    "given_to",
)  # fmt: skip


def load_key(row: Mapping[str, Any], by: User) -> None:
    """Make another website's key that is not there yet. Nobody has its secret."""
    if ApiKey.objects.filter(name=row["name"]).exists():
        return
    fields = {name: value for name, value in row.items() if name != "is_revoked"}
    key = ApiKey(**fields)
    keys.issue_key(key=key, by=by)
    if row.get("is_revoked"):
        keys.revoke_key(key=key, by=by)


def load_request(row: Mapping[str, Any], key: str, by: User) -> None:
    """Receive a request that is not there yet, and do with it what its row says."""
    # Not left to the key alone: a later version's words under the same key would be refused.
    if Enquiry.objects.filter(idempotency_key=key).exists():
        return
    lists = {name: tuple(row.get(name, ())) for name in ("countries_of_interest", "services")}
    fields = {name: value for name, value in row.items() if name not in _APART}
    provenance = _provenance(row)
    spoken = row.get("language") or (provenance.key.language if provenance.key else "")
    receipt = submission.receive_enquiry(
        content=submission.EnquiryContent(**{**fields, **lists}),
        channel=Enquiry.Channel.API,
        idempotency_key=key,
        arrival=row.get("arrival"),
        page_language=spoken or Language.ENGLISH,
        provenance=provenance,
    )
    _go_on(Lead.objects.get(reference=receipt.reference), row, key, by)


def _go_on(lead: Lead, row: Mapping[str, Any], key: str, by: User) -> None:
    if days := row.get("waits_since_days"):
        deadlines.keep_deadline(lead_id=lead.pk, started_at=timezone.now() - timedelta(days=days))
    if row.get("released"):
        quarantine.release_lead(lead=screening.screen_lead(lead_id=lead.pk), by=by)
    if code := row.get("took_no_mail"):
        acknowledging.acknowledge_lead(lead_id=lead.pk)
        message = Message.objects.filter(reference=lead.reference).latest("pk")
        refused = Unreachable.Why.REFUSED
        addresses.mark_unreachable(email=row["email"], why=refused, code=code, message=message)
    if text := row.get("adds"):
        form_id = uuid.uuid5(uuid.NAMESPACE_URL, key)
        after_sending.add_information(lead=lead, text=text, files=(), form_id=form_id)
    if "given_to" in row and routing.route_lead(lead_id=screening.screen_lead(lead_id=lead.pk).pk):
        _give(lead, row["given_to"], by)
    if row.get("asks_for_erasure"):
        after_sending.ask_for_erasure(lead=lead)
        erasure_orders.ask_to_erase(
            lead=lead,
            scope=ErasureOrder.Scope.PERSON,
            because="Asked for on the client's own page.",
            by=by,
        )


def _give(lead: Lead, email: str, by: User) -> None:
    """By hand, to somebody who may be away; the next sweep lets their delegate cover it."""
    handing_over.reassign_lead(
        lead=lead,
        to=Adviser.objects.get(user__email=email),
        by=by,
        reason="Knows the client from an earlier assignment.",
        even_if_away=True,
    )


def _provenance(row: Mapping[str, Any]) -> Provenance:
    key = ApiKey.objects.get(name=row["through"]) if "through" in row else None
    came = row.get("came", {})
    touches = {
        which: _touch(came[which], came["section"]) for which in ("first", "last") if which in came
    }
    return Provenance(
        key=key,
        came=attribution.CameFrom(
            **touches,
            utm={name: came[name] for name in attribution.UTM if name in came},
            referrer_host=came.get("referrer_host", ""),
        ),
    )


def _touch(slug: str, section: str) -> Touch:
    brief = Brief.objects.get(slug=slug)
    return Touch(brief.pk, brief.editions.count(), section, brief.language)
