"""To what a person agreed, for what purpose and when: one view of what each app recorded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts import erasure_map
from accounts.erasure_map import Person
from accounts.models import User
from briefs.models import Subscription
from intake.models import Enquiry, Lead


@dataclass(frozen=True)
class Consent:
    """One yes: to what, in which words, version and language, where it was given, since when and until when."""

    purpose: str
    words: str
    version: str
    language: str
    where: str
    state: str
    given_at: datetime
    ended_at: datetime | None = None


Source = Callable[[Person, User], Iterable[Consent]]
_SOURCES: list[Source] = []


def source(find: Source) -> Source:
    """Register what finds the consents that an app recorded. It shows a user only what they may see."""
    _SOURCES.append(find)
    return find


def consents_of(person: Person, user: User) -> list[Consent]:
    """Every consent of a person that this user may see, by purpose, the newest first."""
    erasure_map.tables()  # loads the apps' parts, the sources among them
    found = [consent for find in _SOURCES for consent in find(person, user)]
    found.sort(key=lambda consent: consent.given_at, reverse=True)
    return sorted(found, key=lambda consent: consent.purpose)


@source
def to_an_answer(person: Person, user: User) -> Iterable[Consent]:
    """With the request itself."""
    seen = Lead.objects.visible_to(user).filter(pk__in=person.leads)
    for enquiry in Enquiry.objects.filter(lead__in=seen).select_related("lead"):
        yield Consent(
            purpose="Keeping their details to answer a request",
            words=enquiry.consent_text,
            version=str(enquiry.consent_version),
            language=enquiry.consent_language,
            where=f"{enquiry.lead.reference}, by {enquiry.get_channel_display()}",
            state=enquiry.lead.get_status_display(),
            given_at=enquiry.received_at,
        )


@source
def to_mail(person: Person, user: User) -> Iterable[Consent]:
    """With the subscription, confirmed from the address itself."""
    if not user.has_perm("briefs.view_subscriber"):
        return
    for row in Subscription.objects.filter(subscriber__email__in=person.addresses):
        asked = "confirmed" if row.confirmed_at else "asked for, not confirmed"
        yield Consent(
            purpose="Briefs by e-mail",
            words=str(row),
            version=row.consent_version,
            language=row.language,
            where="Subscription",
            state=f"{row.get_state_display()}, {asked}",
            given_at=row.confirmed_at or row.created_at,
            ended_at=row.ended_at,
        )
