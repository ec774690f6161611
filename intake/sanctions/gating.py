"""What must be true of a client before a proposal is sent to them. Nothing here ever stops a client's own answer."""

from django.core.exceptions import ValidationError

from intake.models import Lead, SanctionsList, SanctionsScreening
from intake.sanctions import lists


def refuse_unscreened(lead: Lead) -> None:
    """Raise ValidationError(code="unscreened") unless the client was looked for on lists that are all current.

    A house that has no list loaded is not stopped: the lead's page says that nobody was looked for. An open hold is
    refused elsewhere (`holding.refuse_while_held`).
    """
    used = lists.loaded()
    if not used:
        return
    if old := [one for one in used if one.is_stale()]:
        raise ValidationError(
            f"Sanctions lists are out of date: {'; '.join(_dated(one) for one in old)}. Load newer files under House, "
            "Sanctions lists, or raise their age limit there; then send.",
            code="unscreened",
        )
    last = SanctionsScreening.objects.filter(lead=lead).order_by("-pk").first()
    looked_at = {one["code"]: one["sha256"] for one in last.lists} if last else {}
    if any(looked_at.get(one.code) != one.sha256 for one in used):
        raise ValidationError(
            "This client was not looked for on the newest sanctions lists yet; a worker is at it. Try again in a "
            "minute. If this stays, look under Machine room, Jobs.",
            code="unscreened",
        )


def _dated(one: SanctionsList) -> str:
    return f"{one} of {one.published_on:%d %B %Y}"
