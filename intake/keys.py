"""Keys of other websites: issued, found by what a request shows, revoked.

A key reads `derisk_<public id>_<secret>`. The public id is no secret: it stands in pages that frame our form.
"""

import re
import secrets
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework.request import Request

from accounts import private_links
from accounts.models import User
from intake.models import ApiKey
from intake.models.api_key import Scope

_PURPOSE = "intake.api_key"
_KEY = re.compile(r"derisk_([a-z2-7]{16})(?:_([A-Za-z0-9_-]{43}))?")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
# One statement for both, so that noting the use costs a request nothing: once a minute, and never waiting for a lock.
_FIND = """
WITH noted AS (
    UPDATE intake_apikey SET last_used_at = now() WHERE id = (
        SELECT id FROM intake_apikey
        WHERE public_id = %(public_id)s AND revoked_at IS NULL AND (expires_on IS NULL OR expires_on >= CURRENT_DATE)
            AND secret_digest = COALESCE(%(digest)s, secret_digest)
            AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        FOR UPDATE SKIP LOCKED
    )
)
SELECT * FROM intake_apikey WHERE public_id = %(public_id)s
"""


@transaction.atomic
def issue_key(*, key: ApiKey, by: User, seed: uuid.UUID | None = None) -> str:
    """Store a new key and return its full text, which is kept nowhere. Raises ValidationError.

    From a random seed that the caller has, `text_of` makes the text again for as long as the caller keeps it.
    """
    secret = private_links.make_token(_PURPOSE, seed or uuid.uuid4())
    key.public_id = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    # 122 random bits under SECRET_KEY need no slow hash: nobody can try them all.
    key.secret_digest = private_links.digest(secret)
    key.created_by = by
    key.scopes = key.scopes or [Scope.SEND_ENQUIRIES.value]
    key.full_clean(exclude=["created_at"])
    key.save(force_insert=True)
    return f"{key.prefix}_{secret}"


def text_of(key: ApiKey, seed: uuid.UUID) -> str:
    """The full text of a key that was issued with this seed."""
    return f"{key.prefix}_{private_links.token_of(_PURPOSE, seed, key.secret_digest)}"


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User) -> ApiKey:
    """End a key at once. Raises ValidationError (conflict) when it was revoked before."""
    changed = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(
        revoked_at=Now(), revoked_by=by
    )
    if not changed:
        raise ValidationError("This key was revoked before.", code="conflict")
    key.refresh_from_db()
    return key


def read(text: str) -> tuple[str, str | None] | None:
    """Public id and secret of a key as it was shown, the secret None where only the public part was; else None."""
    found = _KEY.fullmatch(text)
    return (found[1], found[2]) if found else None


def find(public_id: str, secret: str | None) -> ApiKey | None:
    """The key that this shows, also one that opens nothing any more; None without one, or when the secret is wrong."""
    digest = None if secret is None else private_links.digest(secret)
    rows = list(ApiKey.objects.raw(_FIND, {"public_id": public_id, "digest": digest}))
    if not rows or (digest and not constant_time_compare(rows[0].secret_digest, digest)):
        return None
    return rows[0]


def of(request: Request) -> ApiKey | None:
    """The key that a request to the API came with."""
    return request.auth if isinstance(request.auth, ApiKey) else None


def why_closed(key: ApiKey) -> str:
    """Why a key no longer opens anything, in words; empty while it does."""
    if key.revoked_at:
        return "This key was revoked."
    if key.expires_on and key.expires_on < timezone.now().date():
        return "This key has expired."
    return ""
