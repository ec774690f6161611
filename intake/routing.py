"""Which adviser gets a lead, and the record of why."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefs import prepared
from intake import conflicts, credit, deciding, facts, matching, owning, roster, rules
from intake.deciding import House, Verdict
from intake.eligibility import Standing
from intake.models import (
    Activity,
    Assignment,
    CreditEntry,
    Lead,
    RoutingDecision,
    Status,
)
from jobs import queue
from jobs.kinds import JobError


@transaction.atomic
def route_lead(*, lead_id: int) -> RoutingDecision | None:
    """Give a new lead to the adviser who should have it; None when it is not new any more, or held for a decision.

    The first rule in force that it meets says whose it is, else the default desk. Takes turns with other routings, so
    that two leads at once see each other's credit. Stores the decision with every candidate, the assignment, the
    credit, the activity and the job that tells the owner. Reads the client's text first, when no job has done so yet:
    where the client named no language, country or service, what the text says clearly counts, as long as somebody can
    take the lead with it. Raises JobError when nobody may have it: no lead goes where nobody looks.
    """
    lead = _locked(lead_id)
    if lead.status != Status.NEW:
        return None
    gate = conflicts.gate(lead.pk)
    if gate.is_held:  # whoever decides about the hold asks for the routing again
        return None
    suggestions = facts.read(lead)
    house = roster.house()
    if lead.contact_id is None and rules.look_at_people(house.rules):
        lead = _recognised(lead)
        gate = conflicts.gate(lead.pk)  # a wall may stand before whom they are known as
    decision = _decide(lead, suggestions, house, gate.barred)
    lead.status = Status.ROUTED
    ask_to_notify(_hand_over(lead, decision))
    return decision


def route_again(lead: Lead, *, without: Mapping[int, str], by: User | None) -> Assignment:
    """Give an open lead that its caller has locked to another adviser by the same rules; `without` names in words, by
    adviser, who must not have it and why. Pays credit as any decision; tells nobody. Raises JobError as `route_lead`.
    """
    full = _locked(lead.pk)
    barred = {**without, **conflicts.barred_because(full)}
    decision = _decide(full, facts.read(full), roster.house(), barred)
    return _hand_over(full, decision, by)


def _decide(
    lead: Lead, suggestions: Iterable[Any], house: House, barred: Mapping[int, str]
) -> RoutingDecision:
    """Take turns with other routings, decide, record, pay."""
    roster.take_turns()
    at = timezone.now()
    verdict = verdict_on(lead, suggestions, house, roster.team(at, barred))
    chosen = _somebody(verdict)
    decision = _record(lead, verdict, chosen, at)
    _pay(decision, verdict.pick)
    return decision


def _locked(lead_id: int) -> Lead:
    found = _LOCKED.read(pk=lead_id).objects()
    if not found:
        raise Lead.DoesNotExist
    lead: Lead = found[0]
    return lead


_LOCKED = prepared.Prepared(
    lambda pk: Lead.objects.for_routing().select_for_update(of=("self",)).filter(pk=pk), pk=1 << 60
)


def _recognised(lead: Lead) -> Lead:
    """The lead with the people behind it, whom no job has looked up yet."""
    matching.match_people(lead_id=lead.pk)
    return _locked(lead.pk)


def verdict_on(
    lead: Lead, suggestions: Iterable[Any], house: House, team: list[Standing]
) -> Verdict:
    """What is decided on this lead with this house and team; writes nothing."""
    plain = facts.named(lead, rules.keywords_of(house.rules))
    full = facts.with_text(plain, lead, suggestions)
    return deciding.decide(full, plain if full.from_text else None, house, team)


def _somebody(verdict: Verdict) -> Standing:
    if verdict.chosen:
        return verdict.chosen
    if verdict.desk is None:
        raise JobError(
            "No desk is the default one. Add a desk with a fallback owner under Staff, Desks."
        )
    raise JobError(
        f"Nobody may have this lead: the fallback owner of the desk “{verdict.desk.name}” may not log in any more or "
        "is barred from it, and so are those who stand in. Choose another under Staff, Desks."
    )


def _record(lead: Lead, verdict: Verdict, chosen: Standing, at: datetime) -> RoutingDecision:
    return RoutingDecision.objects.create(
        lead=lead,
        chosen_id=chosen.adviser_id,
        rule_id=verdict.rule.rule_id if verdict.rule else None,
        desk_id=verdict.desk.desk_id if verdict.desk else None,
        is_fallback=verdict.is_fallback,
        reason=reason(verdict, chosen),
        engine=credit.ENGINE,
        inputs=inputs(verdict, at),
        candidates=as_recorded(verdict),
    )


def inputs(verdict: Verdict, at: datetime) -> dict[str, Any]:
    """What a decision records beside the advisers: enough to make it again."""
    desks = [d for d in (verdict.desk, verdict.default_desk) if d]
    return {
        "at": at.isoformat(),
        "facts": verdict.facts.as_json(),
        "set_aside": dict(verdict.set_aside),
        "rule_id": verdict.rule.rule_id if verdict.rule else None,
        "wanted": dict(verdict.asked.wanted),
        "rules": [rule.as_json() for rule in rules.up_to(verdict.house.rules, verdict.rule)],
        "desks": [desk.as_json() for desk in dict.fromkeys(desks)],
    }


def as_recorded(verdict: Verdict) -> list[dict[str, Any]]:
    """Every adviser as a decision records them: their standing, each reason against, credit before and after."""
    return [
        {
            "adviser": one.adviser_id,
            "name": one.name,
            "is_available": judged.is_available,
            "is_eligible": judged.is_eligible,
            "exclusions": list(judged.exclusions),
            "weight": str(one.weight),
            "credit_before": str(one.credit),
            "credit_after": str(deciding.credit_after(verdict, one)),
            "state": one.as_json(verdict.asked.wanted),
        }
        for one, judged in zip(verdict.team, verdict.candidates, strict=True)
    ]


def reason(verdict: Verdict, chosen: Standing) -> str:
    """Why this adviser, in a few sentences for the timeline."""
    by_rule = f"By the rule “{verdict.rule.name}”: " if verdict.rule else ""
    eligible = sum(c.is_eligible for c in verdict.candidates)
    said = (
        f"None of {len(verdict.team)} advisers can take it, so it goes to the desk's fallback owner, "
        f"{_fallback_in_words(verdict, chosen)}."
        if verdict.is_fallback
        else f"{chosen.name} has the most credit of {eligible} adviser(s) who can take it."
    )
    return " ".join([by_rule + said, *_of_the_text(verdict)])


def _fallback_in_words(verdict: Verdict, chosen: Standing) -> str:
    owner = next(
        (o for o in verdict.team if verdict.desk and o.adviser_id == verdict.desk.fallback_id),
        chosen,
    )
    if owner.adviser_id == chosen.adviser_id:
        waits = ", who is away, and so is whoever stands in" if chosen.away_until else ""
        return f"{chosen.name}{waits}"
    return f"{owner.name}, for whom {chosen.name} stands in"


def _of_the_text(verdict: Verdict) -> list[str]:
    """A sentence on what the text had to do with it."""
    if verdict.facts.from_text:
        return [f"From the text: {facts.in_words(verdict.facts.from_text)}."]
    if verdict.set_aside:
        words = facts.in_words(dict(verdict.set_aside))
        return [f"From the text, set aside since nobody could take it with that: {words}."]
    return []


def _pay(decision: RoutingDecision, pick: credit.Pick) -> None:
    """Write the ledger; a trigger moves the balances by it."""
    CreditEntry.objects.bulk_create(
        CreditEntry(decision=decision, adviser_id=adviser_id, amount=amount)
        for adviser_id, amount in pick.changes.items()
        if amount
    )


def _hand_over(lead: Lead, decision: RoutingDecision, by: User | None = None) -> Assignment:
    span = owning.give(lead, decision.chosen_id, reason=decision.reason, by=by, decision=decision)
    Activity.objects.create(lead=lead, kind=Activity.Kind.ROUTED, text=decision.reason, by=by)
    return span


def ask_to_notify(assignment: Assignment) -> None:
    """Ask for the notice to the new owner, and for the clock by their calendar: both take longer than routing."""
    queue.enqueue(
        queue.Ask("intake.notify_owner", assignment.pk, key=f"assignment:{assignment.pk}"),
        clock_of(assignment),
    )


def clock_of(assignment: Assignment) -> queue.Ask:
    """The job that counts the lead's clock by its new owner's calendar."""
    return queue.Ask("intake.keep_deadline", assignment.lead_id, key=f"assignment:{assignment.pk}")
