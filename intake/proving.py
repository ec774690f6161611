"""Proof of work: a puzzle that the sender's browser solves, for whoever was held back and is a person all the same.

ALTCHA, version 2 of its format: all parameters are signed, among them when the puzzle runs out and whose request it is
for (CVE-2025-68113 was that version 1 let them be taken apart). It is a price, not a proof: it releases, and staff see
that it did. Our own script solves it; nothing comes from another host.
"""

import json
import time

import altcha
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from intake import quarantine, screening
from intake.models import Lead, ProofOfWork, Status

ALGORITHM = "PBKDF2/SHA-256"
# A key of one zero byte is found after 256 tries on average: about a second in a browser, five on an old phone.
COST = 5_000
PREFIX = "00"
SECONDS = 1_800
_LONGEST = 4_000


def is_wanted(lead: Lead) -> bool:
    """Whether the sender is to be offered the puzzle: held back, or likely to be once a worker has looked.

    The lead comes with its enquiry, its screening and its proof of work.
    """
    if hasattr(lead, "proof_of_work"):
        return False
    if lead.status == Status.NEW and not hasattr(lead, "screening"):
        return screening.score_of(lead.enquiry) >= settings.SPAM_LINE
    return lead.status == Status.QUARANTINED


def make_challenge(lead: Lead) -> str:
    """A new puzzle for the sender of this lead, as JSON. Nothing is stored of it."""
    challenge = altcha.create_challenge(
        ALGORITHM,
        COST,
        key_prefix=PREFIX,
        expires_at=int(time.time()) + SECONDS,
        data={"request": lead.reference},
        hmac_secret=_secret(),
    )
    return json.dumps(challenge.to_dict())


def prove_person(*, lead: Lead, payload: str) -> Lead:
    """Take a solved puzzle of this lead's: held back it is released, and not screened yet it counts when it is.

    A second solution changes nothing. Raises ValidationError(code="proof") when it is wrong, too late or another's.
    """
    return _count_proof(lead, _checked(lead, payload))


@transaction.atomic
def _count_proof(lead: Lead, nonce: str) -> Lead:
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    _, is_new = ProofOfWork.objects.get_or_create(lead=lead, defaults={"nonce": nonce})
    if is_new and lead.status == Status.QUARANTINED:
        return quarantine.release_lead(lead=lead, by=None)
    return lead


def _checked(lead: Lead, payload: str) -> str:
    """The nonce of the puzzle that was solved."""
    if len(payload) <= _LONGEST and altcha.verify_solution(payload, _secret()).verified:
        puzzle = altcha.Payload.from_base64(payload).challenge.parameters
        if puzzle.data == {"request": lead.reference}:
            return str(puzzle.nonce)
    raise ValidationError(
        gettext("That did not work, or took too long. Try once more."), code="proof"
    )


def _secret() -> bytes:
    return salted_hmac("intake.proving", "challenge", algorithm="sha256").digest()
