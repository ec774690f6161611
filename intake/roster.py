"""The house as routing sees it in a moment, in one statement for desks and rules and one for advisers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, FilteredRelation, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from accounts.later import Later
from briefs import prepared
from intake import attendance
from intake.deciding import House
from intake.eligibility import Standing
from intake.models.adviser import OPEN_STATUSES, Absence, Adviser, Desk, Skill
from intake.models.lead import Lead
from intake.models.rule import RequiredSkill, RoutingRule
from intake.rules import DeskFacts, Rule

# How far ahead absences count: who is away for longer than this is simply away.
_LOOK_AHEAD = timedelta(days=120)
_DAY = timedelta(days=1)  # which `near` adds on both sides
_RULE = (
    *("pk", "name", "desk_id", "conditions", "adviser_id", "within_hours", "position"),
    *("country_level", "service_level", "language_level", "topic_level"),
)


def house(rule_ids: Iterable[int] | None = None) -> House:
    """The desks and the rules in force, in their order; or just these rules, drafts among them."""
    if rule_ids is None:
        return house_of(prepared.fetch(*asked_house()))
    return _house_of(list(_desks_with(Q(rules__in=list(rule_ids) or [0]))))


def asked_house() -> prepared.Asked:
    """What asks for the desks and the rules in force, for who sends it together with other questions."""
    return _IN_FORCE.asked()


def house_of(answer: list[tuple[Any, ...]]) -> House:
    """The house that was answered to `asked_house`."""
    return _in_force.of(_IN_FORCE.rows(answer))


class _InForce:
    """The house as the database last told of it: it is asked each time, and made anew of other rows only."""

    def __init__(self) -> None:
        self._kept: tuple[list[tuple[Any, ...]], House] = ([], House())

    def of(self, read: prepared.Rows) -> House:
        """The house of these rows."""
        rows, house = self._kept
        if read.rows != rows:
            house = _house_of(read.objects())
            self._kept = read.rows, house
        return house


_in_force = _InForce()


def _house_of(rows: Sequence[Mapping[str, Any]]) -> House:
    desks = {row["pk"]: _desk(row) for row in rows}
    return House(
        rules=tuple(_rule(row) for row in rows if row["rule__pk"]), desks=tuple(desks.values())
    )


def _desks_with(wanted: Q) -> Any:
    """Each desk as often as it has such rules; once where it has none."""
    return (
        Desk.objects.annotate(
            rule=FilteredRelation("rules", condition=wanted),
            member_ids=ArraySubquery(_ids(Desk.members.through, "desk_id", "pk")),
            pool_ids=ArraySubquery(_ids(RoutingRule.pool.through, "routingrule_id", "rule__pk")),
            required=ArraySubquery(
                RequiredSkill.objects.filter(rule=OuterRef("rule__pk"))
                .order_by("pk")
                .values(json=JSONObject(kind="kind", value="value", level="level"))
            ),
        )
        .order_by("rule__position", "rule__pk", "pk")
        .values(
            *("pk", "name", "fallback_owner_id", "is_default", "member_ids", "pool_ids"),
            "required",
            *(f"rule__{name}" for name in _RULE),
        )
    )


# Each routing asks these: put into SQL once.
_IN_FORCE = prepared.Prepared(lambda: _desks_with(Q(rules__is_live=True)))


def _ids(through: Any, mine: str, outer: str) -> Any:
    return (
        through.objects.filter(**{mine: OuterRef(outer)})
        .order_by("adviser_id")
        .values("adviser_id")
    )


def _desk(row: Mapping[str, Any]) -> DeskFacts:
    return DeskFacts(
        desk_id=row["pk"],
        name=row["name"],
        fallback_id=row["fallback_owner_id"],
        members=tuple(row["member_ids"]),
        is_default=row["is_default"],
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        rule_id=row["rule__pk"],
        name=row["rule__name"],
        desk_id=row["pk"],
        conditions=row["rule__conditions"],
        adviser_id=row["rule__adviser_id"],
        pool=tuple(row["pool_ids"]),
        required={f"{r['kind']}:{r['value']}": r["level"] for r in row["required"]},
        levels={k: row[f"rule__{k}_level"] for k in ("country", "service", "language", "topic")},
        within_hours=row["rule__within_hours"],
    )


# Waits for other routings: holds the rows of those who take leads, in one order, until the commit. Their credit is what
# two routings at once would both change. Who takes no leads earns none and is left alone.
_TAKING = prepared.Statement.written(
    "SELECT id FROM intake_adviser WHERE is_taking_leads ORDER BY id FOR NO KEY UPDATE"
)


def team_in_turn(later: Later) -> tuple[datetime, list[Standing]]:
    """The moment in which those who routed before have committed, and `team` then; who comes next waits for us.

    What is to be stored `later` is stored before, so that nobody waits for that.
    """
    asked_at = timezone.now()
    _, answer = later.send((_TAKING, {}), _asked(asked_at, asked_at + _LOOK_AHEAD))
    at = timezone.now()
    return at, _standing(_rows(answer), at, {})


def team(at: datetime, barred: Mapping[int, str]) -> list[Standing]:
    """Every adviser as they stand at this moment, in the order of their numbers."""
    return _standing(_advisers(at, at + _LOOK_AHEAD), at, barred)


def _standing(rows: Sequence["Row"], at: datetime, barred: Mapping[int, str]) -> list[Standing]:
    return [standing(row, at, barred.get(row.pk, "")) for row in rows]


class Row(NamedTuple):
    """An adviser as the statement tells of them: absences and skills in JSON."""

    pk: int
    full_name: str
    email: str
    is_active: bool
    is_taking_leads: bool
    weight: Decimal
    credit: Decimal
    capacity: int
    time_zone: str
    hours: list[str]
    holidays_country: str
    absence_rows: list[str]
    skill_rows: list[str]
    open_now: int


def advisers_since(at: datetime) -> Sequence[Row]:
    """Every adviser with the absences from this moment on, for `standing` at any moment after it."""
    return _advisers(at, max(at, timezone.now()) + _LOOK_AHEAD)


def _advisers(at: datetime, until: datetime) -> list[Row]:
    return _rows(prepared.fetch(*_asked(at, until)))


def _asked(at: datetime, until: datetime) -> prepared.Asked:
    return _ADVISERS.asked(since=at.date() - _DAY, till=until.date() + _DAY)


def _rows(answer: list[tuple[Any, ...]]) -> list[Row]:
    return [Row(*row) for row in _ADVISERS.rows(answer).rows]


def _advisers_with(since: date, till: date) -> Any:
    """Every adviser with their skills, the absences that touch these days, and how many leads they work on."""
    absences = Absence.objects.filter(adviser=OuterRef("pk")).near(since + _DAY, till - _DAY)
    known = Skill.objects.filter(adviser=OuterRef("pk"))
    is_open = Lead.objects.filter(owner=OuterRef("pk"), status__in=OPEN_STATUSES).order_by()
    return (
        Adviser.objects.annotate(
            absence_rows=ArraySubquery(
                absences.order_by("starts_on", "pk").values(
                    json=JSONObject(
                        starts_on="starts_on", from_hour="from_hour",
                        ends_on="ends_on", to_hour="to_hour", delegate="delegate_id",
                    )
                )
            ),
            skill_rows=ArraySubquery(
                known.order_by("pk").values(
                    json=JSONObject(kind="kind", value="value", level="level")
                )
            ),
            open_now=Coalesce(
                Subquery(
                    is_open.values("owner").annotate(n=Count("pk")).values("n"),
                    output_field=IntegerField(),
                ),
                0,
            ),
        )
        .order_by("pk")
        .values_list(
            *("pk", "user__full_name", "user__email", "user__is_active", "is_taking_leads"),
            *("weight", "credit", "capacity", "time_zone", "hours", "holidays_country"),
            *("absence_rows", "skill_rows", "open_now"),
        )
    )  # fmt: skip


_ADVISERS = prepared.Prepared(_advisers_with, since=date(1001, 1, 1), till=date(1001, 3, 1))


def standing(row: Row, at: datetime, barred: str, open_leads: int | None = None) -> Standing:
    """One adviser, from a row of `advisers_since`."""
    absent = attendance.absences(tuple(row.absence_rows), row.time_zone)
    until, delegate = attendance.away(absent, at)
    return Standing(
        adviser_id=row.pk,
        name=row.full_name or row.email,
        weight=row.weight,
        credit=row.credit,
        takes_leads=row.is_taking_leads,
        is_active=row.is_active,
        open_leads=row.open_now if open_leads is None else open_leads,
        capacity=row.capacity,
        levels=attendance.levels(tuple(row.skill_rows)),
        away_until=until,
        delegate_id=delegate,
        works_next=attendance.works_next(
            row.time_zone, tuple(row.hours), row.holidays_country, absent, at
        ),
        barred=barred,
    )
