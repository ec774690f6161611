from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import accepting, leads, needs, routing, suggesting
from intake.models import Activity, Lead, NeedSuggestion
from jobs import working
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.admin.screens import client_of, page
from tests.intake.noticing import write_notices

CALM = "A route assessment in Niger and the Congo, please; we write in English."
ALARM = "Our driver was kidnapped in Niger this morning, please help us."


def read(needs: str = CALM, **content) -> Lead:
    """A lead whose text was read."""
    named = {"countries_of_interest": (), "services": (), "language": ""}
    lead = factories.new_lead(**{**named, **content}, needs=needs)
    suggesting.read_lead(lead_id=lead.pk)
    lead.refresh_from_db()
    return lead


def one(lead: Lead, value: str) -> NeedSuggestion:
    return lead.suggestions.get(value=value)


def states(lead: Lead) -> dict[str, str]:
    return dict(lead.suggestions.order_by("pk").values_list("value", "state"))


def said(lead: Lead) -> list[tuple[str, str]]:
    """The timeline, oldest first."""
    return list(lead.activities.order_by("pk").values_list("kind", "text"))


# --- Reading


@pytest.mark.django_db
def test_what_the_text_says_becomes_suggestions_with_their_passages():
    lead = read()

    rows = lead.suggestions.order_by("start", "pk")
    assert [(r.kind, r.value, r.label, r.passage, r.certainty) for r in rows] == [
        ("language", "en", "English", CALM[:-1], "clear"),
        (
            "service",
            "route-assessment",
            "Route and journey assessment",
            "route assessment",
            "clear",
        ),
        ("country", "NE", "Niger", "Niger", "clear"),
        ("country", "CD", "DR Congo", "the Congo", "ambiguous"),
        ("country", "CG", "Republic of the Congo", "the Congo", "ambiguous"),
    ]
    for row in rows:
        assert CALM[row.start : row.end] == row.passage
        assert (row.state, row.rules_version) == ("open", needs.VERSION)
    assert (lead.needs_read_by, lead.priority, said(lead)) == (needs.VERSION, "normal", [])


@pytest.mark.django_db
def test_words_of_duty_of_care_make_the_lead_urgent_and_say_why():
    lead = read(ALARM)

    reason = "Words of duty of care: kidnapping or hostage taking"
    assert (lead.priority, lead.priority_reason) == ("urgent", reason)
    assert said(lead) == [("priority", f"Urgent. {reason}.")]


@pytest.mark.django_db
def test_read_twice_it_is_read_once():
    lead = read(ALARM)
    before = states(lead)

    again = suggesting.read_lead(lead_id=lead.pk)

    assert (states(lead), len(said(lead))) == (before, 1)
    assert {s.value for s in again} == set(before)


@pytest.mark.django_db
def test_new_rules_add_and_leave_what_staff_decided(monkeypatch):
    lead = read(ALARM)
    by = factories.UserFactory()
    accepting.drop_suggestion(suggestion=one(lead, "kidnap"), by=by)
    monkeypatch.setattr(needs, "VERSION", needs.VERSION + 1)
    found = [*needs.read_needs(ALARM, suggesting.gazetteer.current())]
    more = needs.Finding(needs.Kind.COUNTRY, "TD", 0, 3, "name")
    monkeypatch.setattr(needs, "read_needs", lambda text, known: [*found, more])

    suggesting.read_lead(lead_id=lead.pk)

    lead.refresh_from_db()
    assert states(lead)["kidnap"] == "dropped"
    assert states(lead)["TD"] == "open"
    assert lead.suggestions.filter(value="NE").count() == 1
    assert lead.priority == "normal"


@pytest.mark.django_db
def test_the_hourly_job_asks_for_what_older_rules_have_read(monkeypatch):
    lead = read()
    assert suggesting.ask_to_read_again() == 0
    closed = factories.lead_of(status="lost")
    factories.new_lead()  # which its own job will read
    monkeypatch.setattr(needs, "VERSION", needs.VERSION + 1)

    asked = suggesting.ask_to_read_again(), suggesting.ask_to_read_again()

    key = f"lead:{lead.pk}:rules:{needs.VERSION}"
    job = Job.objects.get(kind="intake.read_needs", key=key)
    assert asked == (1, 1)
    assert not Job.objects.filter(kind="intake.read_needs", key__startswith=f"lead:{closed.pk}:r")
    assert working.run_job(job.pk)
    assert suggesting.ask_to_read_again() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_read_a_lead_once():
    lead = factories.new_lead(needs=ALARM)

    racing.race(*[lambda: suggesting.read_lead(lead_id=lead.pk)] * 2)

    assert lead.suggestions.filter(value="kidnap").count() == 1
    assert lead.activities.count() == 1


@pytest.mark.django_db
def test_many_are_read_in_the_statements_of_one():
    suggesting.gazetteer.current()  # loaded by the first reading
    leads, counts = [factories.new_lead(needs=CALM) for _ in range(4)], []

    for some in (leads[:1], leads[1:], leads):
        with CaptureQueriesContext(connection) as queries:
            suggesting.read_leads(lead_ids=[lead.pk for lead in some])
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))

    assert counts == [3, 3, 1]
    assert set(map(len, map(states, leads))) == {5}


@pytest.mark.django_db
def test_a_text_that_cannot_be_read_takes_no_other_along(monkeypatch):
    first, bad, last = (factories.new_lead(needs=text) for text in (CALM, "Poison.", ALARM))
    read_needs = needs.read_needs

    def read(text, known):
        assert text != "Poison."
        return read_needs(text, known)

    monkeypatch.setattr(needs, "read_needs", read)
    jobs = Job.objects.filter(kind="intake.read_needs").order_by("pk")
    Job.objects.exclude(pk__in=jobs).delete()  # nothing comes first

    working.run_job(jobs[0].pk)

    assert [job.state for job in jobs] == ["done", "pending", "done"]
    assert (bool(states(first)), states(bad), "kidnap" in states(last)) == (True, {}, True)


# --- Accepting and dropping


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "field", "before", "after"),
    [
        ("NE", "countries", [], ["NE"]),
        ("route-assessment", "services", [], ["route-assessment"]),
        ("fr", "language", "en", "fr"),
    ],
)
def test_accepting_puts_it_on_the_lead_and_dropping_takes_it_off(value, field, before, after):
    french = "Nous avons besoin d'une évaluation de l'itinéraire au Niger."
    lead, by = read(french), factories.UserFactory()
    assert getattr(lead, field) == before

    accepted = accepting.accept_suggestion(suggestion=one(lead, value), by=by)
    lead.refresh_from_db()
    now = getattr(lead, field)
    accepting.drop_suggestion(suggestion=accepted, by=by)
    lead.refresh_from_db()

    assert (now, getattr(lead, field)) == (after, before)
    assert states(lead)[value] == "dropped"
    assert (one(lead, value).decided_by, lead.activities.latest("pk").by) == (by, by)
    assert [kind for kind, _ in said(lead)] == ["suggestion_accepted", "suggestion_dropped"]


@pytest.mark.django_db
def test_what_the_client_named_stays_when_a_suggestion_is_dropped():
    lead = read(countries_of_interest=("NE",), services=("route-assessment",), language="en")
    by = factories.UserFactory()

    for value in ("NE", "route-assessment", "en"):
        accepting.accept_suggestion(suggestion=one(lead, value), by=by)
        accepting.drop_suggestion(suggestion=one(lead, value), by=by)

    lead.refresh_from_db()
    named = (lead.countries, lead.services, lead.language)
    assert named == (["NE"], ["route-assessment"], "en")


@pytest.mark.django_db
def test_one_of_several_accepted_drops_the_others():
    lead, by = read(), factories.UserFactory()

    accepting.accept_suggestion(suggestion=one(lead, "CG"), by=by)

    lead.refresh_from_db()
    assert (lead.countries, states(lead)["CD"], states(lead)["NE"]) == (["CG"], "dropped", "open")


@pytest.mark.django_db
def test_a_false_alarm_is_dropped_and_the_lead_is_normal_again_and_back():
    lead, by = read(ALARM), factories.UserFactory()

    accepting.drop_suggestion(suggestion=one(lead, "kidnap"), by=by)
    lead.refresh_from_db()
    calmed = (lead.priority, lead.priority_reason)
    accepting.accept_suggestion(suggestion=one(lead, "kidnap"), by=by)
    lead.refresh_from_db()

    assert calmed == ("normal", "")
    assert lead.priority == "urgent"
    assert [kind for kind, _ in said(lead)] == [
        "priority", "suggestion_dropped", "priority", "priority", "suggestion_accepted",
    ]  # fmt: skip


@pytest.mark.django_db
def test_with_two_alarms_one_dropped_leaves_it_urgent():
    lead, by = read(ALARM + " He is bleeding."), factories.UserFactory()

    accepting.drop_suggestion(suggestion=one(lead, "kidnap"), by=by)

    lead.refresh_from_db()
    assert (lead.priority, states(lead)["medical"]) == ("urgent", "open")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "says"),
    [
        (accepting.accept_suggestion, "“Niger” was accepted already."),
        (accepting.drop_suggestion, "“Niger” was dropped already."),
    ],
)
def test_a_second_press_is_refused_and_changes_nothing(first, says):
    lead, by = read(), factories.UserFactory()
    stale = one(lead, "NE")
    first(suggestion=stale, by=by)
    before = said(lead)

    with pytest.raises(ValidationError, match=says) as refusal:
        first(suggestion=stale, by=factories.UserFactory())

    assert refusal.value.code == "conflict"
    assert (said(lead), one(lead, "NE").decided_by) == (before, by)


@pytest.mark.django_db
@pytest.mark.parametrize("call", [accepting.accept_suggestion, accepting.drop_suggestion])
def test_a_closed_lead_is_left_alone(call):
    factories.DeskFactory()
    lead = read()
    routing.route_lead(lead_id=lead.pk)
    by = factories.UserFactory()
    leads.disqualify_lead(lead=lead, by=by, reason="Spam.")

    with pytest.raises(ValidationError, match="This lead is closed"):
        call(suggestion=one(lead, "NE"), by=by)

    assert set(states(lead).values()) == {"open"}


@pytest.mark.django_db(transaction=True)
def test_two_accepted_at_once_are_both_on_the_lead():
    lead, by = read("Trucks from Niger to Senegal and Togo."), factories.UserFactory()
    found = [one(lead, code) for code in ("NE", "SN", "TG")]

    racing.race(*(partial(accepting.accept_suggestion, suggestion=s, by=by) for s in found))

    lead.refresh_from_db()
    assert sorted(lead.countries) == ["NE", "SN", "TG"]


# --- What the database holds


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"passage": "x"}, ProgrammingError),
        ({"value": "ML"}, ProgrammingError),
        ({"state": "accepted"}, IntegrityError),
    ],
)
def test_only_a_decision_by_somebody_changes_a_suggestion(change, fault):
    lead = read()

    with pytest.raises(fault), transaction.atomic():
        lead.suggestions.filter(value="NE").update(**change)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        lead.suggestions.filter(value="NE")._raw_delete("default")


@pytest.mark.django_db
def test_a_decision_is_not_undone_to_open():
    lead, by = read(), factories.UserFactory()
    accepting.drop_suggestion(suggestion=one(lead, "NE"), by=by)

    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        lead.suggestions.update(state="open", decided_by=None, decided_at=None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"priority": "urgent"},
        {"priority_reason": "x"},
        {"priority": "high", "priority_reason": "x"},
    ],
)
def test_urgent_has_a_reason(change):
    lead = read()

    with pytest.raises(IntegrityError, match="lead_urgent_for_a_reason"), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(**change)


# --- Routing looks at it


@pytest.mark.django_db
def test_routing_reads_the_text_itself_and_says_what_it_took_from_it():
    factories.AdviserFactory(user__full_name="Mali", languages=["en", "fr"])
    ali = factories.AdviserFactory(
        user__full_name="Ali", languages=["fr"], countries=["NE"], services=["route-assessment"]
    )
    lead = factories.new_lead(
        needs="Nous avons besoin d'une évaluation de l'itinéraire au Niger.",
        countries_of_interest=(), services=("not-sure",), language="",
    )  # fmt: skip

    decision = routing.route_lead(lead_id=lead.pk)

    assert decision.chosen == ali
    facts = decision.inputs["facts"]
    asked = {name: facts[name] for name in ("language", "countries", "services")}
    assert asked == {"language": "fr", "countries": ["NE"], "services": ["route-assessment"]}
    assert facts["from_text"] == asked
    assert decision.reason.endswith("From the text: Français; Niger; route and journey assessment.")
    lead.refresh_from_db()
    assert (lead.language, lead.countries, lead.services) == ("en", [], ["not-sure"])
    assert lead.suggestions.filter(value="NE").exists()


@pytest.mark.django_db
def test_what_the_client_named_is_not_questioned_by_the_text():
    awa = factories.AdviserFactory()
    lead = factories.new_lead(
        needs="Nous parlons du Niger et du Tchad, avec la veille quotidienne."
    )

    decision = routing.route_lead(lead_id=lead.pk)

    assert decision.chosen == awa
    facts = decision.inputs["facts"]
    assert (facts["language"], facts["countries"]) == ("en", ["ML"])
    assert (facts["services"], facts.get("from_text")) == (["route-assessment"], None)


@pytest.mark.django_db
def test_the_text_sends_nobody_to_the_fallback():
    factories.DeskFactory()
    awa = factories.AdviserFactory()
    lead = factories.new_lead(
        needs="A route assessment in Niger.", countries_of_interest=(), services=()
    )

    decision = routing.route_lead(lead_id=lead.pk)

    assert (decision.chosen, decision.is_fallback) == (awa, False)
    assert decision.inputs["set_aside"] == {"countries": ["NE"], "services": ["route-assessment"]}
    assert "set aside since nobody could take it with that: Niger" in decision.reason


@pytest.mark.django_db
def test_names_of_several_countries_do_not_route():
    factories.AdviserFactory(countries=["CD", "CG"])
    lead = factories.new_lead(needs="A word on the Congo.", countries_of_interest=(), services=())

    decision = routing.route_lead(lead_id=lead.pk)

    facts = decision.inputs["facts"]
    assert (facts["language"], facts["countries"], facts["services"]) == ("en", [], [])


@pytest.mark.django_db
def test_what_the_text_says_is_not_meant_does_not_route_and_is_shown_as_that():
    factories.AdviserFactory()
    lead = factories.new_lead(
        needs="All of West Africa except Nigeria.", countries_of_interest=(), services=()
    )

    decision = routing.route_lead(lead_id=lead.pk)

    assert decision.inputs["facts"]["countries"] == []
    suggestion = lead.suggestions.get(kind="country")
    assert (suggestion.value, suggestion.passage) == ("NG", "except Nigeria")
    html = client_of(factories.UserFactory(is_superuser=True)).get(page(lead)).content.decode()
    assert "(named, but not meant)" in html


@pytest.mark.django_db
def test_an_urgent_lead_is_said_to_be_urgent_without_a_word_of_the_client():
    factories.AdviserFactory()
    lead = factories.new_lead(needs=ALARM)

    decision = routing.route_lead(lead_id=lead.pk)

    write_notices()
    message = Message.objects.get()
    assert decision.inputs["facts"]["priority"] == "urgent"
    assert message.subject == f"Urgent: a lead for you: {lead.reference}"
    assert "people in danger" in message.text
    assert "kidnap" not in (message.subject + message.text + message.html).lower()


@pytest.mark.django_db
def test_a_fallen_routing_leaves_the_reading_to_its_own_job():
    lead = factories.new_lead(needs=ALARM)
    for job in Job.objects.filter(key=f"lead:{lead.pk}").order_by("pk"):
        Job.objects.filter(pk=job.pk).update(run_at=timezone.now())
        working.run_job(job.pk)

    lead.refresh_from_db()
    assert (lead.status, lead.priority) == ("new", "urgent")
    assert Activity.objects.filter(lead=lead, kind="priority").count() == 1
