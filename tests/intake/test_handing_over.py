from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from intake import conflicts, handing_over, holding, leads, owning, routing, walls
from intake.models import Absence, Adviser, Assignment, CreditEntry, Desk, HoldKind, Lead
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.noticing import write_notices
from tests.intake.test_leads import state


def desk_lead() -> User:
    """Somebody who gives leads to others."""
    user: User = factories.UserFactory(roles=["desk lead"])
    return user


def adviser(name: str, **fields) -> Adviser:
    """An adviser of this name, whom the routing may choose."""
    return factories.AdviserFactory(user__full_name=name, **fields)


def away(person: Adviser, **fields) -> Absence:
    """Away since yesterday, for a week."""
    today = timezone.localdate()
    span = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=6)}
    return Absence.objects.create(adviser=person, **span | fields)


def bar(monkeypatch, person: Adviser) -> None:
    """A conflict stands between this adviser and every lead."""
    barred = {person.pk: "acts for the other side"}
    monkeypatch.setattr(conflicts, "barred_because", lambda lead: barred)


def told() -> list[tuple[str, str]]:
    """Who was told that leads changed hands, and the first line about them."""
    rows = Message.objects.filter(template="intake/mail/hand_over").order_by("pk")
    return [(row.to_name, row.text.partition("\n")[0]) for row in rows]


def refused(lead: Lead, verb, **given) -> ValidationError:
    """Try; the refusal, after which nothing has changed and nothing was sent."""
    before, mails = state(lead), Message.objects.count()
    with pytest.raises(ValidationError) as refusal:
        verb(lead=lead, **given)
    assert (state(lead), Message.objects.count()) == (before, mails)
    return refusal.value


def give(lead: Lead, to: Adviser, by: User | None = None, **given) -> Lead:
    """Reassign for a reason."""
    given = {"reason": "Cover.", **given}
    return handing_over.reassign_lead(lead=lead, to=to, by=by or desk_lead(), **given)


# --- To another adviser


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["routed", "proposal"])
def test_an_open_lead_goes_to_another_adviser_and_both_are_told(status):
    old = adviser("Awa")
    lead = factories.lead_of(old, status=status, needs="Zanzibar")
    new = adviser("Bruno", languages=["fr"], capacity=0)
    by = desk_lead()

    give(lead, new, by, reason=" Speaks to them already. ", seen=f"{old.pk}.{status}")

    lead.refresh_from_db()
    assert (lead.owner, lead.status) == (new, status)
    first, second = lead.assignments.order_by("pk")
    assert (first.adviser, first.ended_at) == (old, second.started_at)
    assert (second.adviser, second.ended_at, second.by) == (new, None, by)
    assert (second.reason, second.decision) == ("Speaks to them already.", None)
    activity = lead.activities.get()
    assert (activity.kind, activity.by) == ("reassigned", by)
    assert activity.text == "To Bruno: Speaks to them already."
    write_notices()
    notice, news = Message.objects.order_by("-template")
    assert notice.key == f"notice:lead:{lead.pk}:assignment:{second.pk}"
    assert (notice.to_email, notice.reference) == (new.user.email, lead.reference)
    assert news.key == f"hand_over:{old.user_id}:assignment:{second.pk}"
    assert (news.to_name, news.subject) == ("Awa", f"{lead.reference} changed hands")
    assert f"{lead.reference}: It went to Bruno." in news.text
    assert f"/lead/{lead.pk}/" not in news.text + news.html  # which they may not open any more
    everything = "".join(m.text + m.html + m.subject for m in (notice, news))
    assert "Zanzibar" not in everything


@pytest.mark.django_db
def test_there_and_back_tells_each_owner_each_time():
    lead = factories.lead_of()
    old, new, by = lead.owner, factories.AdviserFactory(), desk_lead()

    for person in (new, old, new):
        give(lead, person, by)
        write_notices()

    notices = Message.objects.filter(template="intake/mail/notice").order_by("pk")
    assert [m.to_email for m in notices] == [new.user.email, old.user.email, new.user.email]
    assert len(told()) == 3
    assert lead.assignments.filter(ended_at=None).get().adviser == new
    assert lead.assignments.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["new", "quarantined", "won", "lost", "disqualified"])
def test_a_lead_that_is_not_open_stays_where_it_is(status):
    lead = factories.lead_of(status=status)

    error = refused(lead, give, to=factories.AdviserFactory(), by=desk_lead())

    assert error.code == "conflict"
    assert error.messages == ["Only an open lead that was routed can be given to another."]


@pytest.mark.django_db
def test_who_cannot_have_it_does_not_get_it(monkeypatch):
    awa, gone = adviser("Awa"), adviser("Gone", user__is_active=False)
    lead, by, carla = factories.lead_of(awa), desk_lead(), adviser("Carla")
    away(carla, delegate=adviser("Bruno"))

    def answer(to: Adviser, **given) -> tuple[str, str]:
        error = refused(lead, give, to=to, by=by, **given)
        return error.code, error.messages[0]

    assert answer(awa) == ("conflict", "Awa has this lead already.")
    assert answer(gone) == ("conflict", "Gone may not log in any more. Choose another adviser.")
    code, text = answer(carla)
    assert (code, text[:20]) == ("away", "Carla is away until ")
    assert text.endswith("; their delegate is Bruno.")
    assert answer(adviser("Dora"), reason=" ")[0] == "required"
    bar(monkeypatch, carla)
    assert answer(carla, even_if_away=True) == (
        "barred",
        "Carla must not have this lead: acts for the other side.",
    )


@pytest.mark.django_db
def test_who_is_away_gets_it_when_that_is_meant():
    lead, carla = factories.lead_of(), adviser("Carla")
    away(carla)

    give(lead, carla, even_if_away=True)

    assert Lead.objects.get(pk=lead.pk).owner == carla


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["adviser", "auditor", "approver", "analyst"])
def test_who_may_not_give_leads_away_does_not(role):
    error = refused(
        factories.lead_of(),
        give,
        to=factories.AdviserFactory(),
        by=factories.UserFactory(roles=[role]),
    )

    assert error.code == "forbidden"


@pytest.mark.django_db
def test_a_click_on_what_the_page_showed_before_is_refused():
    lead, carla, by = factories.lead_of(adviser("Awa")), adviser("Carla"), desk_lead()
    shown = owning.seen(lead)
    leads.contact_lead(lead=lead, by=by)

    error = refused(lead, give, to=carla, by=by, seen=shown)

    assert error.code == "conflict"
    assert error.messages == [
        "Meanwhile this changed: it is contacted, and Awa has it. Look again, then decide."
    ]


@pytest.mark.django_db
def test_a_former_owner_who_must_not_have_it_any_more_gets_no_mail(monkeypatch):
    lead, new = factories.lead_of(adviser("Awa")), adviser("Bruno")
    bar(monkeypatch, lead.owner)

    give(lead, new)

    assert told() == []


@pytest.mark.django_db
def test_a_lead_about_which_somebody_must_decide_stays_where_it_is():
    lead, new = factories.lead_of(adviser("Awa")), adviser("Bruno")
    found = {"lead": lead, "kind": HoldKind.CONFLICT, "found": "Rival.", "matches": [{"key": "1"}]}
    holding.hold(**found)

    given = refused(lead, give, to=new, by=desk_lead())
    back = refused(lead, give_back, by=lead.owner.user)

    assert (given.code, back.code) == ("held", "held")


# --- Many at once


@pytest.mark.django_db
def test_many_go_to_one_who_gets_one_mail_and_what_is_refused_stops_no_other():
    awa, bruno, carla = adviser("Awa"), adviser("Bruno"), adviser("Carla")
    mine = [factories.lead_of(awa) for _ in range(3)]
    his, theirs = factories.lead_of(bruno, status="contacted"), factories.lead_of(carla)
    closed, moved = factories.lead_of(awa, status="lost"), mine[2]
    seen = {lead.pk: owning.seen(lead) for lead in (*mine, his, theirs, closed)}
    leads.contact_lead(lead=moved, by=awa.user)

    done = handing_over.reassign_many(leads=seen, to=carla, by=desk_lead(), reason="Awa leaves.")

    assert {one.lead: one.refused for one in done} == {
        mine[0]: "",
        mine[1]: "",
        his: "",
        moved: "Meanwhile this changed: it is contacted, and Awa has it. Look again, then decide.",
        theirs: "Carla has this lead already.",
        closed: "Only an open lead that was routed can be given to another.",
    }
    assert set(Lead.objects.filter(owner=carla)) == {mine[0], mine[1], his, theirs}
    mails = {m.to_name: m for m in Message.objects.all()}
    assert sorted(mails) == ["Awa", "Bruno", "Carla"]
    assert mails["Carla"].subject == "3 leads changed hands"
    assert [mails["Carla"].text.count(one.reference) for one in (*mine[:2], his)] == [1, 1, 1]
    assert mails["Awa"].text.count("It went to Carla.") == 2
    assert Job.objects.filter(kind="intake.notify_owner").count() == 0
    assert Job.objects.filter(kind="intake.keep_deadline").count() >= 3


@pytest.mark.django_db
def test_what_speaks_against_all_of_them_moves_none():
    lead, carla = factories.lead_of(), adviser("Carla")
    away(carla)

    for by, reason, code in (
        (factories.UserFactory(roles=["adviser"]), "Why.", "forbidden"),
        (desk_lead(), "", "required"),
        (desk_lead(), "Why.", "away"),
    ):
        with pytest.raises(ValidationError) as refusal:
            handing_over.reassign_many(leads={lead.pk: ""}, to=carla, by=by, reason=reason)
        assert refusal.value.code == code
    assert Lead.objects.get(pk=lead.pk).owner == lead.owner


@pytest.mark.django_db
def test_a_number_of_no_lead_is_said_and_no_fault():
    done = handing_over.reassign_many(
        leads={999_999: ""}, to=factories.AdviserFactory(), by=desk_lead(), reason="Why."
    )

    assert [(one.lead, one.refused) for one in done] == [(None, "There is no such lead for you.")]


# --- Out of the pool


@pytest.fixture
def pool(db):
    """A lead that nobody could take, with Fatou, who answers for the default desk."""
    desk = factories.DeskFactory(fallback_owner__user__full_name="Fatou", name="Africa desk")
    lead = factories.new_lead(language="ar")
    routing.route_lead(lead_id=lead.pk)
    lead.refresh_from_db()
    assert (lead.owner, lead.pool) == (desk.fallback_owner, desk)
    return lead


def claim(lead: Lead, by: User) -> Lead:
    return handing_over.claim_lead(lead=lead, by=by)


def test_an_adviser_of_the_desk_sees_the_pool_and_takes_a_lead(pool):
    awa = adviser("Awa")
    assert list(Lead.objects.visible_to(awa.user)) == [pool]

    claim(pool, awa.user)

    pool.refresh_from_db()
    assert (pool.owner, pool.pool, pool.status) == (awa, None, "routed")
    first, second = pool.assignments.order_by("pk")
    assert (first.ended_at, second.adviser, second.by) == (second.started_at, awa, awa.user)
    activity = pool.activities.get(kind="claimed")
    assert (activity.text, activity.by) == ("By Awa, from Fatou.", awa.user)
    assert told() == [("Fatou", f"{pool.reference}: It went to Awa.")]
    assert Job.objects.filter(kind="intake.notify_owner").count() == 1  # Fatou's, from the routing
    assert not Lead.objects.visible_to(adviser("Bruno").user).exists()


def test_who_comes_second_reads_who_was_first(pool):
    awa, bruno = adviser("Awa"), adviser("Bruno")
    claim(pool, awa.user)

    error = refused(pool, claim_of(bruno))
    again = refused(pool, claim_of(awa))

    assert error.messages == ["This lead is not in the pool any more. Awa has it now."]
    assert again.messages == ["You have this lead already."]


def claim_of(person: Adviser):
    return lambda lead: claim(lead, person.user)


def test_who_cannot_have_it_does_not_take_it(pool, monkeypatch):
    full, gone, barred = adviser("Full", capacity=0), adviser("Gone"), adviser("Barred")
    other, fatou = adviser("Other"), pool.owner
    away(gone)
    Desk.objects.get().members.set([full, gone, barred])
    answers = {}
    for person in (full, gone, other, fatou):
        answers[str(person)] = refused(pool, claim_of(person)).code
    bar(monkeypatch, barred)
    answers["Barred"] = refused(pool, claim_of(barred)).code
    nobody = factories.UserFactory(roles=["desk lead"])
    answers["no adviser"] = refused(pool, lambda lead: claim(lead, nobody)).code
    auditor = factories.UserFactory(roles=["auditor"])
    answers["auditor"] = refused(pool, lambda lead: claim(lead, auditor)).code

    assert answers == {
        "Full": "full",
        "Gone": "away",
        "Other": "forbidden",
        "Fatou": "conflict",
        "Barred": "barred",
        "no adviser": "forbidden",
        "auditor": "forbidden",
    }
    assert not Lead.objects.visible_to(other.user).exists()


def test_a_lead_that_somebody_works_on_is_in_no_pool(pool):
    leads.contact_lead(lead=pool, by=pool.owner.user)

    pool.refresh_from_db()
    assert pool.pool is None
    with pytest.raises(IntegrityError, match="lead_in_pool_is_untouched"), transaction.atomic():
        Lead.objects.filter(pk=pool.pk).update(pool=Desk.objects.get())


# --- Back to the desk


def give_back(lead: Lead, by: User, reason: str = "No time.", seen: str = "") -> Lead:
    return handing_over.release_lead(lead=lead, by=by, reason=reason, seen=seen)


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["routed", "qualified"])
def test_a_lead_goes_back_and_is_routed_again_to_another(status):
    awa, bruno = adviser("Awa"), adviser("Bruno")
    lead = factories.lead_of(awa, status=status)

    give_back(lead, awa.user, seen=owning.seen(lead))

    lead.refresh_from_db()
    assert (lead.owner, lead.status, lead.pool) == (bruno, status, None)
    decision = lead.routing_decisions.get()
    assert {c["name"]: c["exclusions"] for c in decision.candidates} == {
        "Awa": ["had it and gave it back"],
        "Bruno": [],
    }
    assert lead.assignments.get(ended_at=None).decision == decision
    kinds = list(lead.activities.order_by("pk").values_list("kind", "text", "by"))
    assert kinds == [
        ("given_back", "No time.", awa.user_id),
        ("routed", decision.reason, awa.user_id),
    ]
    assert CreditEntry.objects.aggregate(sum=Sum("amount")) == {"sum": 0}
    write_notices()
    assert [m.to_name for m in Message.objects.all()] == ["Bruno"]


@pytest.mark.django_db
def test_a_desk_lead_takes_it_from_its_owner_who_is_told():
    awa = adviser("Awa")
    adviser("Bruno")
    lead = factories.lead_of(awa)

    give_back(lead, desk_lead())

    assert told() == [("Awa", f"{lead.reference}: It went back to the desk, and to Bruno.")]


@pytest.mark.django_db
def test_what_nobody_else_may_have_stays_where_it_is():
    lead = factories.lead_of(adviser("Awa"))

    error = refused(lead, give_back, by=lead.owner.user)

    assert error.code == "nobody"
    assert error.messages == ["Nobody else may have this lead, so that it stays with Awa."]


@pytest.mark.django_db
def test_nobody_else_gives_it_back_nor_without_a_reason():
    lead, other = factories.lead_of(adviser("Awa")), adviser("Bruno")
    Lead.objects.filter(pk=lead.pk).update(cover=other)
    auditor = factories.UserFactory(roles=["auditor"])

    codes = [
        refused(lead, give_back, by=other.user).code,  # who covers it may work on it, not that
        refused(lead, give_back, by=auditor).code,
        refused(lead, give_back, by=lead.owner.user, reason=" ").code,
        refused(lead, give_back, by=lead.owner.user, seen="1.contacted").code,
    ]

    assert codes == ["forbidden", "forbidden", "required", "conflict"]


# --- The database's own word


@pytest.mark.django_db
def test_two_spans_of_one_lead_never_overlap():
    lead = factories.lead_of()
    now = timezone.now()
    Assignment.objects.filter(lead=lead).update(ended_at=now)

    with (
        pytest.raises(IntegrityError, match="assignment_spans_apart"),
        transaction.atomic(),
    ):
        Assignment.objects.create(
            lead=lead,
            adviser=factories.AdviserFactory(),
            started_at=now - timedelta(microseconds=1),
        )
    Assignment.objects.create(lead=lead, adviser=factories.AdviserFactory(), started_at=now)


# --- At the same moment


def refusal(verb) -> str:
    """What the verb says no with."""
    with pytest.raises(ValidationError) as error:
        verb()
    return error.value.messages[0]


@pytest.mark.django_db(transaction=True)
def test_two_who_give_it_away_at_once_leave_one_owner():
    lead, by = factories.lead_of(), desk_lead()
    new, shown = [adviser("Bruno"), adviser("Carla")], owning.seen(lead)

    def attempt(to: Adviser) -> str:
        try:
            return str(give(lead, to, by, seen=shown).owner)
        except ValidationError as error:
            return str(error.code)

    answers = racing.race(*[lambda to=to: attempt(to) for to in new])

    lead.refresh_from_db()
    assert sorted(answers, key=lambda a: a == "conflict") == [str(lead.owner), "conflict"]
    assert lead.assignments.get(ended_at=None).adviser == lead.owner
    assert lead.assignments.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_gets_it_and_the_other_reads_who():
    factories.DeskFactory()
    lead = factories.new_lead(language="ar")
    routing.route_lead(lead_id=lead.pk)
    both = [adviser("Awa"), adviser("Bruno")]

    def attempt(person: Adviser) -> str:
        try:
            return str(claim(lead, person.user).owner)
        except ValidationError as error:
            return error.messages[0]

    answers = racing.race(*[lambda person=person: attempt(person) for person in both])

    lead.refresh_from_db()
    assert sorted(answers, key=len) == [
        str(lead.owner),
        f"This lead is not in the pool any more. {lead.owner} has it now.",
    ]
    assert lead.assignments.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_click_while_the_job_routes_it_waits_and_then_sees_what_the_job_did():
    awa, bruno = adviser("Awa"), adviser("Bruno", languages=["fr"])
    lead, by = factories.new_lead(), desk_lead()
    shown = owning.seen(lead)

    with transaction.atomic():
        routing.route_lead(lead_id=lead.pk)
        race = racing.Race(lambda: refusal(lambda: give(lead, bruno, by, seen=shown)))
        racing.wait_for_blocked(1)

    assert race.results() == [
        "Meanwhile this changed: it is with an adviser, and Awa has it. Look again, then decide."
    ]
    assert Lead.objects.get(pk=lead.pk).owner == awa


def test_news_of_a_lead_whose_owner_left_go_to_desk_leads_who_may_see_it(db):
    lead = factories.lead_of()
    rosa, eve = (
        factories.UserFactory(full_name=name, roles=["desk lead"]) for name in ("Rosa", "Eve")
    )
    walls.raise_wall(user=eve, before=lead, reason="Kin.", by=rosa)
    assert owning.who_work(lead) == [lead.owner.user]

    lead.owner.user.is_active = False

    assert owning.who_work(lead) == [rosa]
