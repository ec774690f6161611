"""Who must not have a lead, whatever they know: conflicts of interest and walls."""

from intake.models import Lead


def barred_because(lead: Lead) -> dict[int, str]:
    """By adviser, in words, why they may not have this lead. Nobody is barred as long as no conflict is on record.

    Routing asks once for each lead and never gives it to one of these, not even as the last resort.
    """
    return {}
