"""Trying before changing: what would become of one lead, or of the last leads under other rules. Nothing is written.

The simulator is computation on what was read: no lock is taken, and routing goes on beside it. It reads in one
transaction that is rolled back, so that even a mistake here could not change anything.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone

from briefs import geography
from intake import conflicts, roster, routing, skills, suggesting
from intake.catalogue import Language, Service
from intake.deciding import House, Verdict
from intake.eligibility import Standing
from intake.models import Assignment, Lead, NeedSuggestion, RoutingDecision
from intake.models.adviser import OPEN_STATUSES
from intake.suggesting import Said

MOST_LEADS = 500
_NOBODY = "nobody"


@dataclass(frozen=True)
class Try:
    """What would become of one lead now."""

    verdict: Verdict
    reason: str
    candidates: list[dict[str, Any]]
    inputs: dict[str, Any]


def dry_run(*, lead: Lead, rule_ids: Iterable[int] | None = None) -> Try:
    """Who would get this lead now, with all reasons, whatever its status; the same decision as routing would make.

    Nothing is written and nothing locked; a text that was not read yet is read without storing what it says.
    """
    full = Lead.objects.for_routing().get(pk=lead.pk)
    house, at = roster.house(rule_ids), timezone.now()
    team = [_without(one, full) for one in roster.team(at, conflicts.barred_because(full))]
    verdict = routing.verdict_on(full, _suggestions(full), house, team)
    return Try(
        verdict=verdict,
        reason=routing.reason(verdict, verdict.chosen) if verdict.chosen else "Nobody may have it.",
        candidates=routing.as_recorded(verdict),
        inputs=routing.inputs(verdict, at),
    )


def _without(one: Standing, lead: Lead) -> Standing:
    """The adviser as if they did not own this lead already."""
    owns = lead.owner_id == one.adviser_id and lead.status in OPEN_STATUSES
    return replace(one, open_leads=one.open_leads - 1) if owns else one


def _suggestions(lead: Lead) -> Sequence[NeedSuggestion | Said]:
    with transaction.atomic():
        found = suggesting.suggestions_of(lead)
        transaction.set_rollback(True)
    return found


@dataclass(frozen=True)
class Outcome:
    """One lead of the past: who got it, who would have by the rules in force, who by those tried, and by which."""

    lead: Lead
    happened: str
    in_force: str
    would: str
    rule: str
    is_fallback: bool
    is_changed: bool  # somebody else than by the rules in force; two may bear one name


@dataclass(frozen=True)
class Load:
    """How many of these leads one person got, and would have got by the rules in force and by those tried."""

    name: str
    happened: int
    in_force: int
    would: int


@dataclass(frozen=True)
class Simulation:
    """The last leads under a set of rules. `gaps` counts what nobody could take: (country, language, service)."""

    outcomes: list[Outcome] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    gaps: list[tuple[tuple[str, str, str], int]] = field(default_factory=list)
    rules: list[tuple[str, int]] = field(default_factory=list)

    @property
    def changed(self) -> list[Outcome]:
        """The leads that somebody else would have got than by the rules in force."""
        return [one for one in self.outcomes if one.is_changed]

    @property
    def unchanged(self) -> list[Outcome]:
        """The others."""
        return [one for one in self.outcomes if not one.is_changed]

    @property
    def fallbacks(self) -> int:
        """How many nobody could have taken."""
        return sum(one.is_fallback for one in self.outcomes)


def simulate(*, rule_ids: Iterable[int], visible: Any, number: int = 200) -> Simulation:
    """Run these rules, drafts among them, over the last so many leads that were routed, of those that are visible.

    Each lead meets the advisers as they stood at its hour: absences of that day, working hours, skills and walls as
    they are now, open leads as the simulation has given them until then. Credit starts even, as everybody's did once.
    The rules in force are run over them in the same way, so that what differs comes of the rules alone.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        house, in_force = roster.house(rule_ids), roster.house()
        leads = list(reversed(_past(visible, number)))
        run = _Run(house, leads)
        tried = [run.route(lead) for lead in leads]
        beside = _Run(in_force, leads) if in_force.rules != house.rules else None
        present = [beside.route(lead) for lead in leads] if beside else tried
        transaction.set_rollback(True)
    outcomes = [_outcome(*three) for three in zip(leads, present, tried, strict=True)]
    return Simulation(
        outcomes=list(reversed(outcomes)),
        loads=_loads(outcomes),
        gaps=run.gaps.most_common(),
        rules=Counter(one.rule for one in outcomes).most_common(),
    )


def _past(visible: Any, number: int) -> Sequence[Any]:
    first = Assignment.objects.filter(decision__isnull=False).select_related("adviser__user")
    return list(
        visible.for_routing()
        .filter(Exists(RoutingDecision.objects.filter(lead=OuterRef("pk"))))
        .prefetch_related(Prefetch("assignments", first, to_attr="first_owners"), "suggestions")
        .order_by("-created_at", "-pk")[: min(number, MOST_LEADS)]
    )


def _outcome(lead: Any, in_force: Verdict, tried: Verdict) -> Outcome:
    chosen = [one.chosen.adviser_id if one.chosen else None for one in (in_force, tried)]
    return Outcome(
        lead=lead,
        happened=str(lead.first_owners[0].adviser) if lead.first_owners else _NOBODY,
        in_force=in_force.chosen.name if in_force.chosen else _NOBODY,
        would=tried.chosen.name if tried.chosen else _NOBODY,
        rule=tried.rule.name if tried.rule else "",
        is_fallback=tried.is_fallback,
        is_changed=chosen[0] != chosen[1],
    )


class _Run:
    """The state of a simulation: credit and open leads as they grow."""

    def __init__(self, house: House, leads: Sequence[Lead]) -> None:
        self.house = house
        self.rows = roster.advisers_since(leads[0].created_at if leads else timezone.now())
        self.credit: dict[int, Decimal] = {row.pk: Decimal(0) for row in self.rows}
        self.open: Counter[int] = Counter()
        self.barred = conflicts.barred_of([lead.pk for lead in leads])
        self.closing: list[tuple[datetime, int, int]] = []
        self.gaps: Counter[tuple[str, str, str]] = Counter()

    def route(self, lead: Any) -> Verdict:
        """Give one lead to somebody, as the rules say."""
        self._close_until(lead.created_at)
        open_ones = [s for s in lead.suggestions.all() if s.state == NeedSuggestion.State.OPEN]
        barred = self.barred.get(lead.pk, {})
        team = [self._standing(row, lead.created_at, barred.get(row.pk, "")) for row in self.rows]
        verdict = routing.verdict_on(lead, open_ones, self.house, team)
        for adviser_id, amount in verdict.pick.changes.items():
            self.credit[adviser_id] += amount
        if verdict.chosen:
            self._own(lead, verdict.chosen.adviser_id)
        if verdict.is_fallback:
            self.gaps.update(_gaps(verdict))
        return verdict

    def _standing(self, row: roster.Row, at: datetime, barred: str) -> Standing:
        one = roster.standing(row, at, barred, open_leads=self.open[row.pk])
        return replace(one, credit=self.credit[row.pk])

    def _own(self, lead: Lead, adviser_id: int) -> None:
        self.open[adviser_id] += 1
        if lead.closed_at:
            heapq.heappush(self.closing, (lead.closed_at, lead.pk, adviser_id))

    def _close_until(self, at: datetime) -> None:
        while self.closing and self.closing[0][0] <= at:
            self.open[heapq.heappop(self.closing)[2]] -= 1


def _gaps(verdict: Verdict) -> set[tuple[str, str, str]]:
    """What nobody who takes leads knows: each country with the language and each service. Who is busy is no gap."""
    asked = verdict.facts
    language = str(Language(asked.language).label)
    found = set()
    for country in asked.countries or ("",):
        for service in asked.wanted_services or ("",):
            wanted = {f"language:{asked.language}": 1}
            wanted |= {f"country:{country}": 1} if country else {}
            wanted |= {f"service:{service}": 1} if service else {}
            if all(
                skills.shortfalls(wanted, one.levels)
                for one in verdict.team
                if one.takes_leads and one.is_active
            ):
                name = geography.country_name(country, "en") if country else "any country"
                found.add(
                    (name, language, str(Service(service).label) if service else "any service")
                )
    return found or {("Known, but busy, away or not of the target", language, "")}


def _loads(outcomes: Sequence[Outcome]) -> list[Load]:
    happened = Counter(one.happened for one in outcomes)
    in_force = Counter(one.in_force for one in outcomes)
    would = Counter(one.would for one in outcomes)
    names = sorted({*happened, *in_force, *would})
    return [Load(name, happened[name], in_force[name], would[name]) for name in names]
