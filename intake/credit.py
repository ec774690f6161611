"""Credit while present: a fair pick that does not punish leave and does not flood who returns.

On each pick every adviser who is available gains credit equal to their weight. Of those who are eligible
the one with most credit gets the lead and pays all that was handed out, so the ledger always adds up to zero.
Measured against round robin and fewest-open: see docs/decisions/0003-credit-while-present.md.
"""

from dataclasses import dataclass
from decimal import Decimal

ENGINE = "credit-while-present/1"


@dataclass(frozen=True)
class Candidate:
    """One adviser as the pick sees them. Without exclusions they are eligible."""

    adviser_id: int
    weight: Decimal
    credit: Decimal
    is_available: bool
    exclusions: tuple[str, ...] = ()

    @property
    def is_eligible(self) -> bool:
        """Nothing speaks against giving them this lead."""
        return self.is_available and not self.exclusions


@dataclass(frozen=True)
class Pick:
    """Who gets it (None: nobody can) and the change of credit of each adviser; the changes add up to zero."""

    chosen_id: int | None
    changes: dict[int, Decimal]


def pick(candidates: list[Candidate]) -> Pick:
    """The eligible candidate with most credit after the hand-out; equal credit goes to the lower id.

    Deterministic. When nobody is eligible, nobody's credit changes.
    """
    gains = {c.adviser_id: c.weight for c in candidates if c.is_available}
    eligible = [c for c in candidates if c.is_eligible]
    if not eligible:
        return Pick(chosen_id=None, changes={})
    chosen = max(eligible, key=lambda c: (c.credit + c.weight, -c.adviser_id))
    changes = dict(gains)
    changes[chosen.adviser_id] -= sum(gains.values(), Decimal(0))
    return Pick(chosen_id=chosen.adviser_id, changes=changes)
