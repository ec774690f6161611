"""Credit while present: a fair pick that does not punish leave and does not flood who returns.

On each pick every adviser of the desk who is there gains credit equal to their weight. Of those who are eligible
the one with most credit gets the lead and pays all that was handed out, so the ledger always adds up to zero.
Measured against round robin and fewest-open: docs/routing.md; the reasons: docs/decisions/0003-credit-while-present.md.

Decisions name the engine that made them; an engine that made one stays here, unchanged, so that it can be made again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

ENGINE = "credit-while-present/2"
# Nobody saves up more than so many leads: else whoever was passed over for long, since the leads of that time asked for
# what they do not know, would get everything once the demand turns.
MOST_SAVED_LEADS = 3


@dataclass(frozen=True)
class Candidate:
    """One adviser as the pick sees them. Without exclusions they are eligible; only members are paid."""

    adviser_id: int
    weight: Decimal
    credit: Decimal
    is_available: bool
    exclusions: tuple[str, ...] = ()
    is_member: bool = True

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

    Paid are the members of the desk who are there, and each only until they have saved what three leads cost.
    Deterministic. When nobody is eligible, nobody's credit changes.
    """
    there = [c for c in candidates if c.is_available and (c.is_member or c.is_eligible)]
    most = MOST_SAVED_LEADS * sum((c.weight for c in there), Decimal(0))
    return _pick(
        candidates,
        {c.adviser_id: max(Decimal(0), min(c.weight, most - c.credit)) for c in there},
    )


def pick_1(candidates: list[Candidate]) -> Pick:
    """The first engine: whoever is there in the whole house is paid, however much they have saved."""
    return _pick(candidates, {c.adviser_id: c.weight for c in candidates if c.is_available})


def _pick(candidates: list[Candidate], gains: dict[int, Decimal]) -> Pick:
    eligible = [c for c in candidates if c.is_eligible]
    if not eligible:
        return Pick(chosen_id=None, changes={})
    chosen = max(eligible, key=lambda c: (c.credit + gains[c.adviser_id], -c.adviser_id))
    changes = dict(gains)
    changes[chosen.adviser_id] -= sum(gains.values(), Decimal(0))
    return Pick(chosen_id=chosen.adviser_id, changes=changes)


ENGINES: dict[str, Callable[[list[Candidate]], Pick]] = {
    "credit-while-present/1": pick_1,
    ENGINE: pick,
}
