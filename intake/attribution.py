"""Where a request came from: the first and the last brief, campaign words and whose page led here, without a cookie.

Links carry it (`briefs.touches`, `config.trails`), the form carries it on under a signature. What does not verify is
dropped, and the request stays: nobody is refused for the address that they came by.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing

from accounts.text_rules import plain
from briefs import touches
from briefs.touches import Touch

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
CARRIED = ("via", "ref", *UTM)
LONGEST_WORDS = 100
_LONGEST_SEAL = 4000
_SALT = "derisk.came_from"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True)
class CameFrom:
    """What the address of the form told. The first brief is the last one when the reader saw no other."""

    first: Touch | None = None
    last: Touch | None = None
    utm: Mapping[str, str] = field(default_factory=dict)
    referrer_host: str = ""

    def columns(self) -> dict[str, Any]:
        """For the row of the enquiry; `intake.storing` leaves out a brief that is no more."""
        found: dict[str, Any] = dict(self.utm)
        if self.referrer_host:
            found["referrer_host"] = self.referrer_host
        return found | _touched("first", self.first) | _touched("last", self.last)


def _touched(which: str, touch: Touch | None) -> dict[str, Any]:
    if touch is None:
        return {}
    return {
        f"{which}_brief_id": touch.brief_id,
        f"{which}_version": touch.version,
        f"{which}_section": touch.section,
        f"{which}_language": touch.language,
    }


def of_address(query: Mapping[str, str], referrer: str = "") -> CameFrom:
    """What the query of the form's address tells: marks that are ours, campaign words, a host; nothing else of it."""
    last = touches.read(query.get("from", ""))
    first = touches.read(query.get("via", "")) or last
    utm = {name: plain(query.get(name, ""), LONGEST_WORDS).strip() for name in UTM}
    host = host_of(f"//{query.get('ref', '')}") or host_of(referrer)
    return CameFrom(first, last, {n: v for n, v in utm.items() if v}, host)


def trail_of(query: Mapping[str, str], referrer: str = "") -> dict[str, str]:
    """What a page hands on in its links, as the query of the next one: the same, not looked at closely yet."""
    found = {name: plain(query.get(name, ""), LONGEST_WORDS) for name in ("via", *UTM)}
    found["ref"] = host_of(f"//{query.get('ref', '')}") or host_of(referrer)
    return {name: value for name, value in found.items() if value}


def host_of(address: str) -> str:
    """Whose page an address is of; empty for our own, and for what is no address."""
    if not address:
        return ""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    is_ours = host == urlsplit(settings.SITE_URL).hostname or host in settings.ALLOWED_HOSTS
    return host if _HOST.fullmatch(host) and not is_ours else ""


def seal(came: CameFrom) -> str:
    """The same as a text that only we can write; empty when there is nothing to tell."""
    marks = [touches.mark(touch) if touch else "" for touch in (came.first, came.last)]
    told = [*marks, dict(came.utm), came.referrer_host]
    return signing.dumps(told, salt=_SALT, compress=True) if any(told) else ""


def unseal(text: str) -> CameFrom | None:
    """What was sealed; None for a text that is not ours, or not any more."""
    if not text:
        return CameFrom()
    try:
        first, last, utm, host = signing.loads(text[:_LONGEST_SEAL], salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return CameFrom(touches.read(first), touches.read(last), utm, host)
