"""What clients agreed to when they accepted a proposal."""

from collections.abc import Iterable

from accounts.erasure_map import Person
from accounts.models import User
from intake import consenting
from intake.consenting import Consent
from proposals.models import Acceptance, ProposalVersion


@consenting.source
def to_a_proposal(person: Person, user: User) -> Iterable[Consent]:
    """With their name under it."""
    seen = ProposalVersion.objects.visible_to(user).filter(proposal__lead__in=person.leads)
    rows = Acceptance.objects.filter(version__in=seen).select_related("version__proposal")
    for row in rows:
        yield Consent(
            purpose="Accepting a proposal",
            words=row.consent_text,
            version="",
            language=row.version.language,
            where=str(row.version),
            state="accepted",
            given_at=row.accepted_at,
        )
