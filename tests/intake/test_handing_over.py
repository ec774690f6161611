from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from intake import handing_over, holding, leads, owning, routing, walls
from intake.models import Adviser, Assignment, HoldKind, Lead
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.handing import (
    adviser,
    away,
    bar,
    desk_lead,
    give,
    give_back,
    refusal,
    refused,
    told,
)
from tests.intake.noticing import write_notices

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
