"""A request by the form in which all is right: what it says, and what else comes with it."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from intake import provenance
from intake.models import ApiKey
from intake.submission import EnquiryContent

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TEXTS = (
    "full_name", "email", "needs", "organisation", "job_title", "phone", "country", "timeframe", "budget",
)  # fmt: skip
_SEVERAL = ("services", "countries_of_interest", "actors")
# Fields of the form that say nothing of the client's. The slug of a brief is stored as the brief that it names, if
# that is public, and so is one of what was sent.
_OURS = {"attachments", "consent", "form_id", "made", "q7", "came"}


@dataclass
class CheckedForm:
    """The checked fields by name, and the words as they were sent."""

    fields: Mapping[str, Any]
    sent: QueryDict
    is_as_sent: bool = False  # nothing of it is stored otherwise than it came

    @cached_property
    def content(self) -> EnquiryContent:
        """What the client says; an unknown brief was let through, since the request counts without it."""
        data = self.fields
        return EnquiryContent(
            **{name: data[name] for name in TEXTS},
            language=data["language"],
            services=tuple(dict.fromkeys(data["services"])),
            countries_of_interest=tuple(dict.fromkeys(data["countries_of_interest"])),
            actors=tuple(dict.fromkeys(data["actors"])),
            brief=data["brief"],
            attachments=data["attachments"],
        )

    @property
    def came(self) -> str:
        """Where the client came from, sealed."""
        return self.fields["came"] or ""

    def of_its_making(self) -> dict[str, str]:
        """What it says of where the form comes from, for `arriving.by_form`."""
        data = self.fields
        return {
            "email": data["email"],
            "form_id": data["form_id"] or "",
            "token": data["made"] or "",
            "trap": data["q7"] or "",
        }

    def as_sent(self) -> str:
        """What of the form is stored otherwise than it came."""
        if self.is_as_sent:
            return ""
        texts = self.content.texts()
        stored = {k: list(v) if isinstance(v, tuple) else v for k, v in texts.items()}
        del stored["brief"]
        sent = {name: _sent(self.sent, name) for name in self.sent if name not in _OURS}
        return provenance.otherwise(sent, stored)

    def idempotency_key(self, site: ApiKey | None = None) -> str | None:
        """The same filled form sent twice has the same key; changed and sent again it is another request.

        A form of another website has no id: there the same words on the same day are one request.
        """
        form_id = self.fields["form_id"] or ""
        digest = self.content.digest
        try:
            return f"form:{_as_uuid(form_id)}:{digest}"
        except ValueError:
            return f"site{site.pk}:{timezone.now():%Y-%m-%d}:{digest}" if site else None


def _as_uuid(text: str) -> str:
    """As Python writes it, which is how our page does too; ValueError when it is none."""
    return text if _UUID.fullmatch(text) else str(uuid.UUID(text))


def _sent(data: QueryDict, name: str) -> Any:
    """As the form sent it: a list where there can be several; a line break, which browsers send as two, is one."""
    if name in _SEVERAL:
        return data.getlist(name)
    return str(data.get(name, "")).replace("\r\n", "\n")
