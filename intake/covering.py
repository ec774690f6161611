"""What becomes of leads while their owner is away, and when they are back: found by a sweep over rows.

An absence says keep, cover or release. Each run compares what should be with what is, lead by lead under its lock, so
that it does not matter how the absence came to be as it is (entered late, shortened, prolonged, removed), nor how often
or how many at once it runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from intake import conflicts, eligibility, owning, presence, roster, routing
from intake.eligibility import Standing
from intake.hand_over_mail import News
from intake.models import Absence, Activity, Adviser, Assignment, Desk, Lead, StandIn, Status
from jobs import queue
from jobs.kinds import JobError

BATCH = 50
Kind, End, Policy = StandIn.Kind, StandIn.End, Absence.Policy
# What is on the timeline when a lead gets an owner.
_GIVEN = (
    Activity.Kind.ROUTED,
    Activity.Kind.REASSIGNED,
    Activity.Kind.CLAIMED,
    Activity.Kind.HANDED_BACK,
)
_WEIGHT = {Policy.KEEP: 0, Policy.COVER: 1, Policy.RELEASE: 2}


@transaction.atomic
def keep_covers(*, now: datetime | None = None) -> int:
    """Begin and end covers and loans as absences ask, for up to `BATCH` leads; how many were looked at.

    A lead that somebody else holds is left for the next run, so that it waits for nobody. Asks for another run when
    there may be more. Tells everybody whom it concerns in one mail each.
    """
    now = now or timezone.now()
    house = House.at(now)
    waiting = house.to_tend()
    round_ = _Round(now, house)
    for pk in waiting[:BATCH]:
        lead = Lead.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
        if lead is not None:
            round_.tend(lead)
    round_.news.send()
    if len(waiting) > BATCH:
        key = f"after:{waiting[BATCH]}:{now.isoformat()}"
        queue.enqueue(queue.Ask("intake.keep_covers", 0, key=key))
    return min(len(waiting), BATCH)


@dataclass(frozen=True)
class House:
    """Who is away at a moment and by which absence, and how everybody stands."""

    away: dict[int, Absence]
    team: list[Standing]
    fallback_id: int | None

    @classmethod
    def at(cls, now: datetime) -> "House":
        """As it is on record for this moment; of absences that overlap the one that asks for most counts."""
        near = Absence.objects.near(now.date(), now.date()).select_related("adviser__user")
        current = [one for one in near.order_by("pk") if one.covers(now)]
        by_weight = sorted(current, key=lambda one: _WEIGHT[Policy(one.policy)])
        away = {one.adviser_id: one for one in by_weight}
        desk = Desk.objects.filter(is_default=True).first() if away else None
        return cls(
            away=away,
            team=roster.team(now, {}) if away else [],
            fallback_id=desk.fallback_owner_id if desk else None,
        )

    def acting_for(self, adviser_id: int | None) -> Absence | None:
        """The absence because of which somebody does something with this adviser's leads."""
        absence = self.away.get(adviser_id or 0)
        return absence if absence and absence.policy != Policy.KEEP else None

    def cover_for(
        self, owner_id: int, barred: dict[int, str], desk_owner: Adviser | None
    ) -> Standing | None:
        """Who works a lead of somebody who is away: the first delegate who is there, else who answers for the desk that
        it went to, else for the default desk."""
        team = [replace(one, barred=barred.get(one.adviser_id, "")) for one in self.team]
        for start in (owner_id, desk_owner.pk if desk_owner else None, self.fallback_id):
            found = eligibility.stand_in(start, team) if start else None
            if found and not found.away_until and found.adviser_id != owner_id:
                return found
        return None

    def to_tend(self) -> list[int]:
        """Leads whose stand-ins are probably not as they should be."""
        held: dict[int, list[StandIn]] = {}
        for row in StandIn.objects.open().select_related("lead").order_by("pk"):
            held.setdefault(row.lead_id, []).append(row)
        acting = [pk for pk in self.away if self.acting_for(pk)]
        of_absent = Lead.objects.filter(owner__in=acting, status__in=owning.OPEN).order_by("pk")
        leads = {lead.pk: lead for lead in of_absent} if acting else {}
        leads |= {rows[0].lead_id: rows[0].lead for rows in held.values()}
        barred = conflicts.barred_of(list(leads))
        desks = presence.desk_owners(leads) if leads else {}
        return sorted(
            pk
            for pk, lead in leads.items()
            if not self._settled(lead, held.get(pk, ()), barred.get(pk, {}), desks.get(pk))
        )

    def _settled(
        self,
        lead: Lead,
        held: Iterable[StandIn],
        barred: dict[int, str],
        desk_owner: Adviser | None,
    ) -> bool:
        loans = [row for row in held if row.kind == Kind.LOAN]
        covers = [row for row in held if row.kind == Kind.COVER]
        lent = all(
            row.owner_id in self.away
            and row.adviser_id == lead.owner_id
            and lead.status in owning.OPEN
            for row in loans
        )
        is_open = lead.status in owning.OPEN and lead.owner_id is not None
        absence = self.acting_for(lead.owner_id) if is_open else None
        wanted = None
        if absence and lead.owner_id:
            wanted = self.cover_for(lead.owner_id, barred, desk_owner)
        has = [(row.owner_id, row.adviser_id) for row in covers]
        if (
            absence
            and absence.policy == Policy.RELEASE
            and lead.status == Status.ROUTED
            and not has
        ):
            return False  # to be released, or tried again
        return lent and has == ([(lead.owner_id, wanted.adviser_id)] if wanted else [])


@dataclass
class _Round:
    """One sweep."""

    now: datetime
    house: House
    news: News = field(default_factory=News)

    def tend(self, lead: Lead) -> None:
        """Make the stand-ins of one locked lead what they should be."""
        is_open = lead.status in owning.OPEN and lead.owner_id is not None
        if not is_open:
            owning.end_stand_ins(lead, self.now, End.CLOSED)
            return
        rows = lead.stand_ins.open().select_related("owner__user", "adviser__user", "absence")
        held = {row.kind: row for row in rows}
        if loan := held.get(Kind.LOAN):
            lead = self._end_loan(lead, loan)
        absence = self.house.acting_for(lead.owner_id)
        cover = held.get(Kind.COVER)
        if absence and cover is None and self._may_release(lead, absence):
            lead = self._lend(lead, absence)
            absence = self.house.acting_for(lead.owner_id)
        self._cover(lead, cover, absence)

    # -- Loans: another adviser has it until the owner is back

    def _may_release(self, lead: Lead, absence: Absence) -> bool:
        """Unless a person gave it to them knowing that they are away."""
        is_held = lead.holds.open().exists()
        if absence.policy != Policy.RELEASE or not is_untouched(lead) or is_held:
            return False
        span = lead.assignments.get(ended_at__isnull=True)
        return span.by_id is None or span.started_at < absence.span()[0]

    def _lend(self, lead: Lead, absence: Absence) -> Lead:
        """Route it again; when nobody else may have it, it stays and is covered."""
        former = lead.owner
        assert former is not None
        lent = lead.stand_ins.open().filter(kind=Kind.LOAN).select_related("owner__user").first()
        until = eligibility.told(absence.span()[1])
        span = self._route_to_another(lead, former, until)
        if span is None:
            return lead
        queue.enqueue(owning.clock_of(span))
        # Passed on, it goes back to whom it was first.
        owner, because = (lent.owner, lent.absence_id) if lent else (former, absence.pk)
        if owner.pk != span.adviser_id:
            StandIn.objects.create(
                lead=span.lead, kind=Kind.LOAN, owner=owner, adviser=span.adviser,
                absence_id=because, started_at=span.started_at,
            )  # fmt: skip
        text = f"{former} is away until {until}, and had not begun: {span.adviser} has it."
        self._note(span.lead, Activity.Kind.LENT, text)
        key = f"assignment:{span.pk}"
        yours = f"It is yours while {owner} is away, and stays yours once you have begun."
        self.news.add(span.adviser, lead, yours, key=key, is_theirs=True)
        self.news.add(former, lead, f"It went to {span.adviser} while you are away.", key=key)
        span.lead.owner = span.adviser
        return span.lead

    def _route_to_another(self, lead: Lead, former: Adviser, until: str) -> Assignment | None:
        """To somebody who is there; None when nobody may have it, and nothing has changed then."""
        without = {former.pk: f"is away until {until}"}
        try:
            with transaction.atomic():
                span = routing.route_again(lead, without=without, by=None)
                if span.adviser_id in self.house.away:
                    # The last resort; it would wander between absent people.
                    raise JobError("Nobody who is there may have it.")
        except JobError:
            return None
        return span

    def _end_loan(self, lead: Lead, loan: StandIn) -> Lead:
        """Once the owner is back: theirs again when nobody has begun, else it stays. Both are recorded."""
        if loan.adviser_id != lead.owner_id:
            owning.end_stand_ins(lead, self.now, End.MOVED, pk=loan.pk)
            return lead
        if loan.owner_id in self.house.away:
            return lead
        why_not = self._why_kept(lead, loan)
        end = End.KEPT if why_not else End.BACK
        owning.end_stand_ins(lead, self.now, end, pk=loan.pk)
        return self._keep(lead, loan, why_not) if why_not else self._hand_back(lead, loan)

    def _why_kept(self, lead: Lead, loan: StandIn) -> str:
        """Why a lead does not go back to whom it was lent from; nothing when it does."""
        if not loan.owner.user.is_active:
            return f"{loan.owner} may not log in any more: {loan.adviser} goes on."
        if loan.owner_id in self.news.barred(lead):
            return f"{loan.owner} is back, but must not have it: {loan.adviser} goes on."
        if not is_untouched(lead):
            return f"{loan.owner} is back, but {loan.adviser} has begun and goes on."
        return ""

    def _hand_back(self, lead: Lead, loan: StandIn) -> Lead:
        text = f"{loan.owner} is back, and {loan.adviser} had not begun."
        span = owning.give(lead, loan.owner_id, reason=text)
        lead.owner = loan.owner
        self._note(lead, Activity.Kind.HANDED_BACK, text)
        queue.enqueue(owning.clock_of(span))
        key = f"assignment:{span.pk}"
        self.news.add(loan.owner, lead, "It is yours again.", key=key, is_theirs=True)
        self.news.add(loan.adviser, lead, f"It went back to {loan.owner}.", key=key)
        return lead

    def _keep(self, lead: Lead, loan: StandIn, why: str) -> Lead:
        self._note(lead, Activity.Kind.KEPT, why)
        key = f"stand_in:{loan.pk}:ended"
        self.news.add(loan.owner, lead, f"It stays with {loan.adviser}, who has begun.", key=key)
        self.news.add(loan.adviser, lead, "It stays yours.", key=key, is_theirs=True)
        return lead

    # -- Covers: the owner stays the owner

    def _cover(self, lead: Lead, cover: StandIn | None, absence: Absence | None) -> None:
        assert lead.owner_id is not None
        wanted = None
        if absence:
            # Asked now: when it was lent on a moment ago it may have gone to another desk.
            desk_owner = presence.desk_owners([lead.pk]).get(lead.pk)
            wanted = self.house.cover_for(lead.owner_id, self.news.barred(lead), desk_owner)
        fits = (
            cover
            and wanted
            and (cover.owner_id, cover.adviser_id) == (lead.owner_id, wanted.adviser_id)
        )
        if cover and not fits:
            self._end_cover(lead, cover, is_back=cover.owner_id not in self.house.away)
        if absence and wanted and not fits:
            self._begin_cover(lead, absence, wanted.adviser_id)

    def _begin_cover(self, lead: Lead, absence: Absence, adviser_id: int) -> None:
        owner, adviser = lead.owner, Adviser.objects.select_related("user").get(pk=adviser_id)
        assert owner is not None
        row = StandIn.objects.create(
            lead=lead,
            kind=Kind.COVER,
            owner=owner,
            adviser=adviser,
            absence=absence,
            started_at=self.now,
        )
        until = eligibility.told(absence.span()[1])
        text = f"{adviser} works it while {owner} is away, until {until}."
        self._note(lead, Activity.Kind.COVERED, text)
        key = f"stand_in:{row.pk}:began"
        covers = f"You cover it while {owner} is away, until {until}."
        self.news.add(adviser, lead, covers, key=key, is_theirs=True)
        self.news.add(
            owner, lead, f"{adviser} covers it while you are away.", key=key, is_theirs=True
        )

    def _end_cover(self, lead: Lead, cover: StandIn, is_back: bool) -> None:
        owning.end_stand_ins(lead, self.now, End.BACK if is_back else End.CHANGED, pk=cover.pk)
        who = f"{cover.owner} is back" if is_back else "Somebody else stands in"
        self._note(lead, Activity.Kind.COVER_ENDED, f"{who}; {cover.adviser} covered it.")
        key = f"stand_in:{cover.pk}:ended"
        self.news.add(cover.adviser, lead, f"{who}: you cover it no more.", key=key)
        if is_back:
            yours = f"You are back; {cover.adviser} covered it meanwhile."
            self.news.add(cover.owner, lead, yours, key=key, is_theirs=True)

    def _note(self, lead: Lead, kind: Activity.Kind, text: str) -> None:
        Activity.objects.create(lead=lead, kind=kind, text=text)


def is_untouched(lead: Lead) -> bool:
    """Whether its owner has done nothing with it: neither moved it on nor written anything."""
    if lead.status != Status.ROUTED or lead.owner is None:
        return False
    given = lead.activities.filter(kind__in=_GIVEN).order_by("-pk").values_list("pk", flat=True)
    own = lead.activities.filter(by=lead.owner.user_id, pk__gt=given.first() or 0)
    return not own.exists()
