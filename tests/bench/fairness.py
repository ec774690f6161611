"""Who gets how much, and what returning from leave brings: our pick beside others on the same stream of leads.

`python -m tests.bench.fairness` prints the table that docs/routing.md holds. Six advisers, sixty working days, five
leads a day on average, one adviser away for fourteen days; a quarter of the leads only two specialists can take.
Pure: no database, no clock. The same seeds give the same numbers.
"""

from __future__ import annotations

import os
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from intake import credit

PEOPLE = range(1, 7)
SPECIALISTS = (1, 2)
AWAY, LEAVE = 3, range(20, 34)
DAYS, PER_DAY, SPECIAL = 60, 5.0, 0.25
DAYS_OPEN = 12
RUNS = 300
Chooser = Callable[["State", list[int], list[int]], int]


@dataclass
class State:
    """What a method remembers between leads."""

    credit: dict[int, Decimal] = field(default_factory=lambda: dict.fromkeys(PEOPLE, Decimal(0)))
    taken: dict[int, int] = field(default_factory=lambda: dict.fromkeys(PEOPLE, 0))
    days_there: dict[int, int] = field(default_factory=lambda: dict.fromkeys(PEOPLE, 0))
    closing: list[tuple[int, int]] = field(default_factory=list)
    day: int = 0
    last: int = 0
    last_of: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})

    def open(self, one: int) -> int:
        """Leads that still ask for their time."""
        return sum(who == one and day > self.day for day, who in self.closing)


def by_engine(pick: Callable[[list[credit.Candidate]], credit.Pick]) -> Chooser:
    """One of our engines."""

    def choose(state: State, there: list[int], able: list[int]) -> int:
        picked = pick(
            [
                credit.Candidate(
                    one, Decimal(1), state.credit[one], one in there, () if one in able else ("no",)
                )
                for one in PEOPLE
            ]
        )
        for one, change in picked.changes.items():
            state.credit[one] += change
        assert picked.chosen_id is not None
        return picked.chosen_id

    return choose


def round_robin(state: State, there: list[int], able: list[int]) -> int:
    """The next able one after whoever had the last lead."""
    state.last = _next(able, state.last)
    return state.last


def round_robin_per_rule(state: State, there: list[int], able: list[int]) -> int:
    """The same with a cursor for each kind of lead."""
    special = set(able) <= set(SPECIALISTS)
    state.last_of[special] = _next(able, state.last_of[special])
    return state.last_of[special]


def _next(able: list[int], after: int) -> int:
    return min(able, key=lambda one: (one - after - 1) % len(PEOPLE))


def fewest_open(state: State, there: list[int], able: list[int]) -> int:
    """Whoever has the fewest open leads."""
    return min(able, key=lambda one: (state.open(one), one))


def fewest_ever(state: State, there: list[int], able: list[int]) -> int:
    """Whoever has had the fewest."""
    return min(able, key=lambda one: (state.taken[one], one))


def per_day_there(state: State, there: list[int], able: list[int]) -> int:
    """Whoever has had the fewest for each day that they were there."""
    return min(able, key=lambda one: (state.taken[one] / max(1, state.days_there[one]), one))


METHODS: dict[str, Chooser] = {
    credit.ENGINE: by_engine(credit.pick),
    "credit-while-present/1": by_engine(credit.pick_1),
    "fewest open": fewest_open,
    "fewest ever": fewest_ever,
    "fewest per day there": per_day_there,
    "round robin, one cursor": round_robin,
    "round robin, a cursor per rule": round_robin_per_rule,
}


def run(choose: Chooser, seed: int) -> tuple[float, float, float]:
    """One stream: the returner's share of the three days after leave, the spread of generalists, specialists' load."""
    dice = random.Random(seed)
    state, after = State(), [0, 0]
    for state.day in range(DAYS):
        there = [one for one in PEOPLE if not (one == AWAY and state.day in LEAVE)]
        for one in there:
            state.days_there[one] += 1
        for _ in range(_poisson(dice)):
            special = dice.random() < SPECIAL
            able = [one for one in there if not special or one in SPECIALISTS]
            chosen = choose(state, there, able)
            state.taken[chosen] += 1
            state.closing.append((state.day + 1 + dice.randrange(2 * DAYS_OPEN), chosen))
            if state.day in range(LEAVE.stop, LEAVE.stop + 3):
                after[0] += 1
                after[1] += chosen == AWAY
    same = [state.taken[one] for one in PEOPLE if one not in (*SPECIALISTS, AWAY)]
    specialists = statistics.mean(state.taken[one] for one in SPECIALISTS)
    return after[1] / max(1, after[0]), max(same) - min(same), specialists / statistics.mean(same)


def _poisson(dice: random.Random) -> int:
    count, left = 0, dice.expovariate(1.0)
    while left < PER_DAY:
        count, left = count + 1, left + dice.expovariate(1.0)
    return count


def main() -> None:
    """Print the table."""
    print("| pick | returner's share of three days (fair 0.17) | spread among generalists | load |")
    print("| --- | --- | --- | --- |")
    for name, choose in METHODS.items():
        share, spread, load = (
            statistics.mean(values)
            for values in zip(*(run(choose, n) for n in range(RUNS)), strict=True)
        )
        print(f"| {name} | {share:.2f} | {spread:.1f} | {load:.2f} |")


if __name__ == "__main__":
    main()
