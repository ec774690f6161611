"""What walls hide of proposals."""

from django.db.models.expressions import RawSQL

from accounts.hiding import Hidden
from accounts.models import User
from proposals.models import Proposal


def hidden_proposals(user: User, hidden: Hidden) -> Hidden:
    """References of proposals for requests that this user is walled from."""
    if not hidden:
        return Hidden()
    walled = RawSQL("SELECT walled_leads(%s)", [user.pk])
    found = Proposal.objects.filter(lead__in=walled).values_list("reference", flat=True)
    return Hidden(frozenset(found))
