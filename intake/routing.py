"""Which adviser gets a lead, and the record of why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from django.db import transaction

from accounts import many
from accounts.inserting import insert
from accounts.later import Later
from accounts.models import User
from briefs import prepared
from intake import (
    conflicts,
    credit,
    deciding,
    facts,
    locking,
    matching,
    owning,
    roster,
    rules,
    suggesting,
)
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

Made = tuple[Verdict, RoutingDecision]


def route_lead(*, lead_id: int) -> RoutingDecision | None:
    """`route_leads` for one; None when it is not new any more, or held for a decision."""
    return next(iter(route_leads(lead_ids=[lead_id])), None)


@transaction.atomic
def route_leads(
    *, lead_ids: Collection[int], request_ids: Mapping[int, str] = MappingProxyType({})
) -> list[RoutingDecision]:
    """Give new leads to the advisers who should have them, in the order in which they came; what was decided.

    The first rule in force that a lead meets says whose it is, else the default desk. Takes turns with other routings,
    and each lead sees the credit and the load that those before it left: together they go where they would go one by
    one. As many statements for fifty as for one. Stores the decisions with every candidate, the assignments, the
    credit, the activities and the jobs that tell the owners, which carry the lead's of `request_ids`. Reads the
    clients' texts first, where no job has done so yet: where a client named no language, country or service, what the
    text says clearly counts, as long as somebody can take the lead with it. Leaves out what is not new any more, or
    held: whoever decides about a hold asks for the routing again. Raises JobError when nobody may have one of them: no
    lead goes where nobody looks.
    """
    leads, later = locking.all_locked(lead_ids), Later()
    decisions = route(leads, prepared.fetch_all(*asked(leads)), request_ids, later)
    later.send()
    return decisions


def asked(leads: Sequence[Any]) -> tuple[prepared.Asked, prepared.Asked]:
    """What is asked before these leads are routed, for who sends it together with other questions."""
    return conflicts.asked_gates([lead.pk for lead in leads]), roster.asked_house()


def route(
    leads: Sequence[Any],
    told: Sequence[list[prepared.Row]],
    request_ids: Mapping[int, str],
    later: Later,
) -> list[RoutingDecision]:
    """`route_leads` of leads as `locking.locked` gives them, and of what was `told` to what is `asked` of them. It is
    stored `later`, after what waits there.
    """
    found, desks = told
    gates, house = conflicts.gates_of([lead.pk for lead in leads], found), roster.house_of(desks)
    leads = [lead for lead in leads if lead.status == Status.NEW]
    strangers = [lead.pk for lead in leads if lead.contact_id is None]
    leads = [lead for lead in leads if not gates[lead.pk].is_held]
    if not leads:
        return []
    if strangers and rules.look_at_people(house.rules):
        matching.match_leads(lead_ids=strangers)
        leads = locking.locked([lead.pk for lead in leads])
        # A wall may stand before whom they are known as.
        gates = conflicts.gates([lead.pk for lead in leads])
    barred = {pk: gate.barred for pk, gate in gates.items()}
    return _given(leads, house, barred, request_ids, later)


def _given(
    leads: Sequence[Any],
    house: House,
    barred: Mapping[int, Mapping[int, str]],
    request_ids: Mapping[int, str],
    later: Later,
) -> list[RoutingDecision]:
    """Decide, and give them to whom it says."""
    made = _decide(leads, suggesting.read_later(leads, later), house, barred, later)
    for lead in leads:
        lead.status = Status.ROUTED
    decisions = [decision for _, decision in made]
    later.add(*_on_record(made, None), then=partial(_note, decisions))
    later.add(*owning.given_first(decisions, request_ids), then=queue.hint_due)
    return decisions


def route_again(lead: Lead, *, without: Mapping[int, str], by: User | None) -> Assignment:
    """Give an open lead that its caller has locked to another adviser by the same rules; `without` names in words, by
    adviser, who must not have it and why. Pays credit as any decision; tells nobody. Raises JobError as `route_leads`.
    """
    (full,) = locking.all_locked([lead.pk])
    barred = {full.pk: {**without, **conflicts.barred_because(full)}}
    said = suggesting.suggestions_of_each([full])
    made = _decide([full], said, roster.house(), barred, Later())
    decision = made[0][1]
    _note([decision], prepared.store(*_on_record(made, by)))
    return owning.give(full, decision.chosen_id, reason=decision.reason, by=by, decision=decision)


def _decide(
    leads: Sequence[Lead],
    suggestions: Mapping[int, Iterable[Any]],
    house: House,
    barred: Mapping[int, Mapping[int, str]],
    later: Later,
) -> list[Made]:
    """Take turns with other routings, decide on one after the other; what `_on_record` stores.

    What does not hang on the advisers is looked at before: others wait from the turn to the commit.
    """
    known = [known_of(lead, suggestions[lead.pk], house) for lead in leads]
    at, team = roster.team_in_turn(later)
    made: list[Made] = []
    for lead, (full, plain) in zip(leads, known, strict=True):
        if made:
            team = [_afterwards(one, made[-1][0]) for one in team]
        verdict = deciding.decide(full, plain, house, _without(team, barred[lead.pk]))
        made.append((verdict, _record(lead, verdict, _somebody(verdict), at)))
    return made


def _without(team: list[Standing], barred: Mapping[int, str]) -> list[Standing]:
    if not barred:
        return team
    return [replace(one, barred=barred.get(one.adviser_id, "")) for one in team]


def _afterwards(one: Standing, verdict: Verdict) -> Standing:
    """How an adviser stands when the next lead is looked at."""
    is_theirs = verdict.chosen is not None and verdict.chosen.adviser_id == one.adviser_id
    if not is_theirs and not verdict.pick.changes.get(one.adviser_id):
        return one
    after = deciding.credit_after(verdict, one)
    return replace(one, credit=after, open_leads=one.open_leads + is_theirs)


def verdict_on(
    lead: Lead, suggestions: Iterable[Any], house: House, team: list[Standing]
) -> Verdict:
    """What is decided on this lead with this house and team; writes nothing."""
    return deciding.decide(*known_of(lead, suggestions, house), house, team)


def known_of(
    lead: Lead, suggestions: Iterable[Any], house: House
) -> tuple[facts.Facts, facts.Facts | None]:
    """What is known of a lead, and the same without what only its text says, when that says something."""
    plain = facts.named(lead, house.keywords)
    full = facts.with_text(plain, lead, suggestions)
    return full, plain if full.from_text else None


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
    return RoutingDecision(
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
        f"{_nobody(len(verdict.team))} can take it, so it goes to the desk's fallback owner, "
        f"{_fallback_in_words(verdict, chosen)}."
        if verdict.is_fallback
        else _of_credit(chosen, eligible)
    )
    return " ".join([by_rule + said, *_of_the_text(verdict)])


def _nobody(of: int) -> str:
    return f"None of {of} advisers" if of > 1 else "Nobody"


def _of_credit(chosen: Standing, eligible: int) -> str:
    if eligible == 1:
        return f"{chosen.name} is the only adviser who can take it."
    return f"{chosen.name} has the most credit of the {eligible} advisers who can take it."


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


def _on_record(made: Sequence[Made], by: User | None) -> prepared.Asked:
    """What puts decisions on record with their lines of credit, by which a trigger moves the balances, and on the
    timelines. One statement, whatever their number.
    """
    rows = [
        {name: getattr(decision, name) for name in _COLUMNS}
        | {"lines": _lines(verdict), "by_id": by.pk if by else None}
        for verdict, decision in made
    ]
    return _recorded(), {"rows": many.sent(rows)}


def _note(decisions: Sequence[RoutingDecision], stored: Sequence[prepared.Row]) -> None:
    """The numbers of decisions that are stored now."""
    for decision, (pk,) in zip(decisions, stored, strict=True):
        many.mark_stored(decision, pk)


def _lines(verdict: Verdict) -> dict[str, Decimal]:
    return {str(pk): amount for pk, amount in verdict.pick.changes.items() if amount}


_COLUMNS = (
    *("lead_id", "chosen_id", "rule_id", "desk_id", "is_fallback"),
    *("reason", "engine", "inputs", "candidates"),
)


@cache
def _recorded() -> prepared.Statement:
    columns = many.types_of(RoutingDecision, *_COLUMNS) | {"lines": "jsonb", "by_id": "bigint"}
    decided = insert(RoutingDecision, {n: n for n in _COLUMNS}, rows="FROM given ORDER BY lead_id")
    lines = "FROM made JOIN given USING (lead_id), jsonb_each_text(given.lines) AS line"
    paid = insert(CreditEntry, _LINE, rows=lines)
    noted = insert(Activity, _ACTIVITY, rows="FROM given ORDER BY lead_id")
    return many.statement(
        columns,
        f"made AS ({decided} RETURNING id, lead_id)",
        f"paid AS ({paid})",
        f"noted AS ({noted})",
        last="SELECT id FROM made ORDER BY lead_id",
    )


_LINE = {
    "decision_id": "made.id",
    "adviser_id": "line.key::bigint",
    "amount": "line.value::numeric",
}
_ACTIVITY = {
    "lead_id": "lead_id",
    "kind": f"'{Activity.Kind.ROUTED}'",
    "text": "reason",
    "by_id": "by_id",
}


def ask_to_notify(spans: Iterable[Assignment]) -> None:
    """Ask for what follows when leads are somebody else's now."""
    queue.enqueue(*(ask for span in spans for ask in owning.follow_ups(span)))
