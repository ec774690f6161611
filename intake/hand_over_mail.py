"""What changed hands, told by mail: one letter to each person for all that one verb or sweep has for them."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from intake import conflicts, staff_links
from intake.models import Adviser, Lead
from mail import outbox


@dataclass(frozen=True)
class _Line:
    reference: str
    text: str
    url: str


@dataclass
class News:
    """Lines for people, collected under the leads' locks and stored in the same transaction.

    `by` is who did it and is told nothing, nor is who may not log in or must not have the lead.
    """

    by: User | None = None
    _lines: dict[User, list[_Line]] = field(default_factory=lambda: defaultdict(list))
    _keys: dict[User, str] = field(default_factory=dict)
    _barred: dict[int, dict[int, str]] = field(default_factory=dict)

    def add(self, to: Adviser, lead: Lead, text: str, *, key: str, is_theirs: bool = False) -> None:
        """A sentence on a lead, with a link when it is theirs to open. `key` names what happened, once for all time."""
        user = to.user
        if user == self.by or not user.is_active or to.pk in self.barred(lead):
            return
        url = staff_links.lead_url(lead.pk) if is_theirs else ""
        self._lines[user].append(_Line(lead.reference, text, url))
        self._keys.setdefault(user, key)

    def barred(self, lead: Lead) -> dict[int, str]:
        """Who must not have the lead and why, asked once for each."""
        if lead.pk not in self._barred:
            self._barred[lead.pk] = conflicts.barred_because(lead)
        return self._barred[lead.pk]

    def send(self) -> None:
        """Store the letters: references and names of staff, nothing that a client wrote."""
        outbox.queue_messages([self._letter(user, lines) for user, lines in self._lines.items()])

    def _letter(self, user: User, lines: list[_Line]) -> outbox.Letter:
        return outbox.Letter(
            key=f"hand_over:{user.pk}:{self._keys[user]}",
            template="intake/mail/hand_over",
            to_email=user.email,
            to_name=user.full_name,
            reference=lines[0].reference if len(lines) == 1 else "",
            context={
                "lines": lines,
                "list_url": settings.SITE_URL + reverse("admin:intake_lead_changelist"),
            },
        )
