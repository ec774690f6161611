from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from intake import after_sending, covering, handing_over, leads, owning
from intake.calendar_feed import deadlines as deadlines_in_calendar
from intake.models import Absence, Adviser, Lead, StandIn
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.handing import adviser, away, bar, desk_lead, told
from tests.intake.test_walls import wall


def sweep() -> int:
    return covering.keep_covers()


def back(absence: Absence) -> None:
    """The absence ended yesterday."""
    absence.ends_on = timezone.localdate() - timedelta(days=1)
    absence.save()


def stood_in(lead: Lead) -> list[tuple[str, str, str, str]]:
    """Who stood in for whom, how, and why that ended."""
    rows = lead.stand_ins.order_by("pk")
    return [(str(r.adviser), str(r.owner), r.kind, r.ended_because) for r in rows]


def happened(lead: Lead) -> list[str]:
    return list(lead.activities.order_by("pk").values_list("kind", flat=True))


def owner(lead: Lead) -> str:
    return str(Lead.objects.get(pk=lead.pk).owner)


@pytest.fixture
def awa(db) -> Adviser:
    return adviser("Awa")


@pytest.fixture
def bruno(db) -> Adviser:
    """Who takes no leads from the routing, and stands in for Awa."""
    return adviser("Bruno", is_taking_leads=False)


# --- Cover


@pytest.mark.parametrize("status", ["routed", "proposal"])
def test_the_delegate_covers_and_the_owner_stays_the_owner(awa, bruno, status):
    lead = factories.lead_of(awa, status=status)
    absence = away(awa, delegate=bruno, policy="cover")

    assert [sweep(), sweep()] == [1, 0]

    lead.refresh_from_db()
    assert (lead.owner, lead.cover) == (awa, bruno)
    row = lead.stand_ins.get()
    assert (row.kind, row.owner, row.adviser, row.absence) == ("cover", awa, bruno, absence)
    assert happened(lead) == ["covered"]
    assert lead.activities.get().text.startswith("Bruno works it while Awa is away, until ")
    assert sorted(who for who, _ in told()) == ["Awa", "Bruno"]
    assert dict(told())["Bruno"].startswith(
        f"{lead.reference}: You cover it while Awa is away, until "
    )


def test_who_covers_sees_it_works_on_it_and_has_it_in_the_calendar(awa, bruno):
    lead, other = factories.lead_of(awa), factories.lead_of(adviser("Carla"))
    away(awa, delegate=bruno, policy="cover")
    assert not Lead.objects.visible_to(bruno.user).exists()

    sweep()
    leads.contact_lead(lead=lead, by=bruno.user)
    after_sending.add_information(lead=lead, text="More.", files=(), form_id=lead.link_seed)
    after_sending.tell_owner(activity_id=lead.activities.get(kind="client_added").pk)

    assert list(Lead.objects.visible_to(bruno.user)) == [lead]
    assert [event.title for event in deadlines_in_calendar(bruno)] == [
        f"Due: follow-up, {lead.reference}"
    ]
    news = Message.objects.filter(template="intake/mail/client_news").order_by("pk")
    assert [m.to_name for m in news] == ["Awa", "Bruno"]
    assert other not in Lead.objects.visible_to(bruno.user)


def test_the_cover_ends_by_itself_when_the_owner_is_back(awa, bruno):
    lead = factories.lead_of(awa)
    absence = away(awa, delegate=bruno, policy="cover")
    sweep()

    back(absence)

    assert [sweep(), sweep()] == [1, 0]
    lead.refresh_from_db()
    assert (lead.cover, stood_in(lead)) == (None, [("Bruno", "Awa", "cover", "back")])
    assert happened(lead) == ["covered", "cover_ended"]
    assert sorted(told()[2:]) == [
        ("Awa", f"{lead.reference}: You are back; Bruno covered it meanwhile."),
        ("Bruno", f"{lead.reference}: Awa is back: you cover it no more."),
    ]
    assert not Lead.objects.visible_to(bruno.user).exists()


def test_one_mail_to_each_for_all_leads(awa, bruno):
    for _ in range(3):
        factories.lead_of(awa)
    away(awa, delegate=bruno, policy="cover")

    assert sweep() == 3

    assert sorted(who for who, _ in told()) == ["Awa", "Bruno"]


@pytest.mark.parametrize(
    ("change", "covers"),
    [
        ({"policy": "keep"}, None),
        ({"delegate": "Carla"}, "Carla"),
        ({"ends_on": timezone.localdate() + timedelta(days=60)}, "Bruno"),
        ({"starts_on": timezone.localdate() + timedelta(days=2)}, None),
        (None, None),
    ],
)
def test_an_absence_that_changes_while_it_runs_is_followed(awa, bruno, change, covers):
    lead, carla = factories.lead_of(awa), adviser("Carla")
    absence = away(awa, delegate=bruno, policy="cover")
    sweep()

    if change is None:
        absence.delete()
    for name, value in (change or {}).items():
        setattr(absence, name, carla if value == "Carla" else value)
    if change:
        absence.save()
    sweep()

    lead.refresh_from_db()
    assert (str(lead.cover) if lead.cover else None) == covers
    assert lead.stand_ins.open().count() == (1 if covers else 0)


def test_who_is_away_too_is_stood_in_for_in_turn(awa, bruno):
    lead, carla = factories.lead_of(awa), adviser("Carla", is_taking_leads=False)
    away(awa, delegate=bruno, policy="cover")
    away(bruno, delegate=carla)

    sweep()

    lead.refresh_from_db()
    assert lead.cover == carla


def test_where_all_of_them_are_away_the_desk_covers(awa, bruno):
    lead = factories.lead_of(awa)
    away(awa, delegate=bruno, policy="cover")
    away(bruno, delegate=awa)
    desk = factories.DeskFactory()

    sweep()

    lead.refresh_from_db()
    assert lead.cover == desk.fallback_owner


def test_the_desk_that_the_lead_went_to_covers_before_the_default_one(awa, bruno):
    own, default = factories.DeskFactory(is_default=False), factories.DeskFactory()
    lead, other = factories.lead_of(awa), factories.lead_of(awa)
    for one, desk in ((lead, default), (lead, own), (other, default)):  # the second came later
        one.routing_decisions.create(
            chosen=awa, desk=desk, reason="", engine="x", inputs={}, candidates=[]
        )
    away(awa, delegate=bruno, policy="cover")
    away(bruno)

    assert [sweep(), sweep()] == [2, 0]

    covers = [Lead.objects.get(pk=one.pk).cover for one in (lead, other)]
    assert covers == [own.fallback_owner, default.fallback_owner]


def test_nobody_covers_who_must_not_have_it_or_has_left(awa, bruno, monkeypatch):
    lead, gone = factories.lead_of(awa), adviser("Gone", user__is_active=False)
    away(awa, delegate=bruno, policy="cover")
    bar(monkeypatch, bruno)

    sweep()
    Absence.objects.update(delegate=gone)
    sweep()

    lead.refresh_from_db()
    assert (lead.cover, told()) == (None, [])


def test_a_wall_before_who_covers_ends_that_and_the_next_one_covers(awa, bruno):
    lead, desk = factories.lead_of(awa), factories.DeskFactory()
    away(awa, delegate=bruno, policy="cover")
    sweep()
    wall(bruno.user, lead)

    assert [sweep(), sweep()] == [1, 0]

    lead.refresh_from_db()
    assert lead.cover == desk.fallback_owner
    assert [who for who, _ in told()].count("Bruno") == 1  # when it began, and no more


def test_of_absences_that_overlap_the_one_that_asks_for_most_counts(awa, bruno):
    lead = factories.lead_of(awa, status="contacted")
    away(awa, delegate=bruno, policy="cover")
    away(awa, policy="keep", ends_on=timezone.localdate())

    sweep()

    lead.refresh_from_db()
    assert lead.cover == bruno


def test_keep_does_nothing(awa, bruno):
    lead = factories.lead_of(awa)
    away(awa, delegate=bruno, policy="keep")

    assert sweep() == 0
    assert (happened(lead), told()) == ([], [])


def test_a_lead_that_comes_or_goes_while_they_are_away(awa, bruno):
    away(awa, delegate=bruno, policy="cover")
    sweep()
    lead, carla = factories.lead_of(adviser("Carla")), adviser("Dora")
    handing_over.reassign_lead(
        lead=lead, to=awa, by=desk_lead(), reason="Theirs.", even_if_away=True
    )
    sweep()
    lead.refresh_from_db()
    assert lead.cover == bruno

    handing_over.reassign_lead(lead=lead, to=carla, by=desk_lead(), reason="Not theirs.")

    lead.refresh_from_db()
    assert (lead.owner, lead.cover) == (carla, None)
    assert stood_in(lead) == [("Bruno", "Awa", "cover", "moved")]
    assert sweep() == 0


def test_a_closed_lead_is_covered_no_more(awa, bruno):
    lead = factories.lead_of(awa)
    away(awa, delegate=bruno, policy="cover")
    sweep()
    leads.disqualify_lead(lead=lead, by=bruno.user, reason="No work for us.")

    sweep()

    assert stood_in(lead) == [("Bruno", "Awa", "cover", "closed")]


# --- Release


def released(awa: Adviser, **fields) -> tuple[Lead, Absence]:
    """A lead that Awa has not begun, given to Carla since Awa is away."""
    lead, _ = factories.lead_of(awa), adviser("Carla")
    absence = away(awa, policy="release", **fields)
    sweep()
    assert owner(lead) == "Carla"
    return Lead.objects.get(pk=lead.pk), absence


def test_what_they_have_not_begun_goes_to_another_who_is_there(awa):
    lead, _ = released(awa)

    assert sweep() == 0
    decision = lead.routing_decisions.get()
    assert next(c for c in decision.candidates if c["name"] == "Awa")["exclusions"]
    assert stood_in(lead) == [("Carla", "Awa", "loan", "")]
    assert happened(lead) == ["routed", "lent"]
    first, second = lead.assignments.order_by("pk")
    assert (first.ended_at, second.decision) == (second.started_at, decision)
    assert sorted(who for who, _ in told()) == ["Awa", "Carla"]
    assert Job.objects.filter(kind="intake.notify_owner").count() == 0


def test_untouched_it_goes_back_when_they_are(awa):
    lead, absence = released(awa)
    back(absence)

    assert [sweep(), sweep()] == [1, 0]

    assert owner(lead) == "Awa"
    assert stood_in(lead) == [("Carla", "Awa", "loan", "back")]
    assert happened(lead)[2:] == ["handed_back"]
    assert [str(a.adviser) for a in lead.assignments.order_by("pk")] == ["Awa", "Carla", "Awa"]
    assert sorted(told()[2:]) == [
        ("Awa", f"{lead.reference}: It is yours again."),
        ("Carla", f"{lead.reference}: It went back to Awa."),
    ]


@pytest.mark.parametrize("how", ["a note", "contacted"])
def test_begun_it_stays_when_they_are_back(awa, how):
    lead, absence = released(awa)
    if how == "a note":
        leads.add_note(lead=lead, by=lead.owner.user, text="Called, nobody answered.")
    else:
        leads.contact_lead(lead=lead, by=lead.owner.user)
    back(absence)

    assert [sweep(), sweep()] == [1, 0]

    assert owner(lead) == "Carla"
    assert stood_in(lead) == [("Carla", "Awa", "loan", "kept")]
    assert happened(lead)[-1] == "kept"
    assert sorted(who for who, _ in told()[2:]) == ["Awa", "Carla"]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("walled", "Awa is back, but must not have it: Carla goes on."),
        ("left", "Awa may not log in any more: Carla goes on."),
    ],
)
def test_where_it_cannot_go_back_the_timeline_says_why_and_not_that_somebody_has_begun(
    awa, how, why
):
    lead, absence = released(awa)
    if how == "walled":
        wall(awa.user, lead)
    else:
        User.objects.filter(pk=awa.user_id).update(is_active=False)
    back(absence)

    assert [sweep(), sweep()] == [1, 0]

    assert (owner(lead), stood_in(lead)) == ("Carla", [("Carla", "Awa", "loan", "kept")])
    assert lead.activities.latest("pk").text == why
    assert told()[2:] == [("Carla", f"{lead.reference}: It stays yours.")]


def test_what_they_have_begun_is_covered(awa, bruno):
    begun, noted = factories.lead_of(awa, status="contacted"), factories.lead_of(awa)
    leads.add_note(lead=noted, by=awa.user, text="Called, nobody answered.")
    adviser("Carla")
    away(awa, delegate=bruno, policy="release")

    sweep()

    assert [owner(begun), owner(noted)] == ["Awa", "Awa"]
    assert set(Lead.objects.filter(cover=bruno)) == {begun, noted}


def test_what_nobody_else_may_have_is_covered(awa, bruno):
    lead = factories.lead_of(awa)
    away(awa, delegate=bruno, policy="release")

    assert [sweep(), sweep()] == [1, 0]

    lead.refresh_from_db()
    assert (lead.owner, lead.cover) == (awa, bruno)
    assert not lead.routing_decisions.exists()


def test_it_does_not_wander_between_people_who_are_all_away(awa):
    lead = factories.lead_of(awa)
    desk = factories.DeskFactory(fallback_owner__user__full_name="Fatou")
    for person in (awa, desk.fallback_owner):
        away(person, policy="release")

    for _ in range(3):
        sweep()

    assert (owner(lead), lead.assignments.count(), told()) == ("Awa", 1, [])


def test_passed_on_it_goes_back_to_whom_it_was_first(awa):
    lead, first = released(awa)
    carla = lead.owner
    adviser("Dora")
    away(carla, policy="release")
    sweep()
    assert owner(lead) == "Dora"

    back(first)
    sweep()

    assert owner(lead) == "Awa"
    assert stood_in(lead) == [
        ("Carla", "Awa", "loan", "moved"),
        ("Dora", "Awa", "loan", "back"),
    ]


def test_what_was_moved_by_hand_meanwhile_does_not_go_back(awa):
    lead, absence = released(awa)
    handing_over.reassign_lead(lead=lead, to=adviser("Dora"), by=desk_lead(), reason="Knows them.")
    back(absence)

    sweep()

    assert (owner(lead), stood_in(lead)) == ("Dora", [("Carla", "Awa", "loan", "moved")])


def test_what_a_person_gave_them_knowing_is_not_taken_away(awa, bruno):
    away(awa, delegate=bruno, policy="release")
    lead = factories.lead_of(adviser("Carla"))
    handing_over.reassign_lead(
        lead=lead, to=awa, by=desk_lead(), reason="Theirs.", even_if_away=True
    )

    sweep()

    lead.refresh_from_db()
    assert (lead.owner, lead.cover) == (awa, bruno)


# --- Together


def test_more_than_a_batch_asks_for_the_next_run(awa, bruno, monkeypatch):
    monkeypatch.setattr(covering, "BATCH", 2)
    for _ in range(3):
        factories.lead_of(awa)
    away(awa, delegate=bruno, policy="cover")

    assert [sweep(), sweep(), sweep()] == [2, 1, 0]
    assert Job.objects.filter(kind="intake.keep_covers").count() == 1


def test_the_database_holds_one_cover_at_a_time(awa, bruno):
    lead = factories.lead_of(awa)
    row = {"lead": lead, "kind": "cover", "owner": awa, "adviser": bruno}
    StandIn.objects.create(**row)

    with (
        pytest.raises(IntegrityError, match=r"stand_in_(one_open|spans_apart)"),
        transaction.atomic(),
    ):
        StandIn.objects.create(**row)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_it_once():
    awa, bruno = adviser("Awa"), adviser("Bruno", is_taking_leads=False)
    covered, lent = factories.lead_of(awa, status="contacted"), factories.lead_of(awa)
    adviser("Carla")
    away(awa, delegate=bruno, policy="release")

    racing.race(sweep, sweep, sweep)
    sweep()

    assert (covered.stand_ins.count(), lent.stand_ins.count()) == (1, 1)
    assert lent.assignments.count() == 2
    texts = "".join(Message.objects.values_list("text", flat=True))
    assert [texts.count(lead.reference) for lead in (covered, lent)] == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_a_sweep_does_not_wait_for_a_click_nor_undo_it():
    awa, carla = adviser("Awa"), adviser("Carla")
    lead, by = factories.lead_of(awa), desk_lead()
    away(awa, policy="release")

    with transaction.atomic():
        handing_over.reassign_lead(
            lead=lead, to=carla, by=by, reason="Theirs.", seen=owning.seen(lead)
        )
        racing.race(sweep)

    sweep()
    lead.refresh_from_db()
    assert (lead.owner, lead.stand_ins.count(), lead.assignments.count()) == (carla, 0, 2)


@pytest.mark.django_db(transaction=True)
def test_a_click_that_waited_for_the_sweep_reads_what_it_did():
    awa, carla = adviser("Awa"), adviser("Carla")
    lead, by, dora = factories.lead_of(awa), desk_lead(), adviser("Dora", languages=["fr"])
    shown = owning.seen(lead)
    away(awa, policy="release")

    def click() -> str:
        try:
            handing_over.reassign_lead(lead=lead, to=dora, by=by, reason="Theirs.", seen=shown)
        except ValidationError as error:
            return error.messages[0]
        return "moved"

    with transaction.atomic():
        sweep()
        race = racing.Race(click)
        racing.wait_for_blocked(1)

    assert race.results() == [
        "Meanwhile this changed: it is with an adviser, and Carla has it. Look again, then decide."
    ]
    lead.refresh_from_db()
    assert lead.owner == carla
