"""How a request came, beside what it says: kept with the enquiry, bounded, and never enough to find a person by it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from accounts import flood
from accounts.text_rules import plain
from intake.attribution import CameFrom, host_of
from intake.models import ApiKey

# As in the columns of Enquiry.
_HEADERS = {"user_agent": 300, "accept_language": 200, "origin": 255}
_MOST_OTHER = 20
_LONGEST_OTHER = 500


@dataclass(frozen=True)
class Provenance:
    """The headers that matter, the network, whose key it came with, and what is stored otherwise than it arrived."""

    user_agent: str = ""
    accept_language: str = ""
    origin: str = ""
    network: str = ""
    as_sent: str = ""
    key: ApiKey | None = None
    came: CameFrom = CameFrom()  # noqa: RUF009 - frozen

    def columns(self) -> dict[str, Any]:
        """For the row of the enquiry."""
        own = {name: value for name, value in vars(self).items() if name not in ("key", "came")}
        of_key = {"api_key_id": self.key.pk} if self.key else {}
        return own | of_key | self.came.columns()


def of_request(
    request: HttpRequest | Request,
    *,
    as_sent: str = "",
    key: ApiKey | None = None,
    came: CameFrom | None = None,
) -> Provenance:
    """What a request says of itself without words of the client."""
    told = {name: _header(request, name) for name in _HEADERS}
    came = came or CameFrom(referrer_host=host_of(request.META.get("HTTP_REFERER", "")))
    network = network_of(flood.address_of(request))
    return Provenance(**told, network=network, as_sent=as_sent, key=key, came=came)


def _header(request: HttpRequest | Request, name: str) -> str:
    return plain(request.META.get(f"HTTP_{name.upper()}", ""), _HEADERS[name])


def network_of(address: str | None) -> str:
    """The network that an address stands in, /24 or /48: some hundred households at least. Empty when it is none."""
    return flood.network_of(address, 24, 48)


def otherwise(sent: Mapping[str, Any], stored: Mapping[str, Any]) -> str:
    """What arrived otherwise than it is stored, as JSON in ASCII: blanks around a name, fields that we do not know.

    Together with the columns it gives back what was sent. Fields of a form that are none of ours are cut.
    """
    kept = {name: value for name, value in sent.items() if name in stored and value != stored[name]}
    unknown = [(n, v) for n, v in sent.items() if n not in stored and v][:_MOST_OTHER]
    kept |= {name[:100]: str(value)[:_LONGEST_OTHER] for name, value in unknown}
    return json.dumps(kept, ensure_ascii=True) if kept else ""
