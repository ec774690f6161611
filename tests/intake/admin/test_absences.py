from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import rescheduling
from intake.models import Absence, Adviser
from tests import factories
from tests.intake.admin.screens import client_of, person, said
from tests.intake.clockwork import HOUR, NOW, ticking

ABSENCES = "/staff/intake/absence/"
TODAY = timezone.localdate()
SENT = {"starts_on": "2030-12-24", "ends_on": "2030-12-31", "policy": "keep", "note": "Leave"}


def away(adviser: Adviser, **fields: Any) -> Absence:
    """From today for a week, unless told otherwise."""
    days = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=7)}
    return Absence.objects.create(adviser=adviser, **days | fields)


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# --- Who edits what


@pytest.mark.django_db
def test_an_adviser_enters_changes_and_removes_their_own():
    awa = factories.AdviserFactory()
    bruno = factories.AdviserFactory(user__full_name="Bruno")
    client = client_of(awa.user)

    assert "time zone. Empty: from the start of the day." in text_of(client, f"{ABSENCES}add/")
    added = client.post(f"{ABSENCES}add/", SENT | {"delegate": bruno.pk, "policy": "cover"})
    own = Absence.objects.get()
    assert (added.status_code, own.adviser, own.delegate) == (302, awa, bruno)

    changed = client.post(f"{ABSENCES}{own.pk}/change/", SENT | {"ends_on": "2030-12-25"})
    own.refresh_from_db()
    assert (changed.status_code, str(own.ends_on)) == (302, "2030-12-25")

    removed = client.post(f"{ABSENCES}{own.pk}/delete/", {"post": "yes"})
    assert (removed.status_code, Absence.objects.count()) == (302, 0)


@pytest.mark.django_db
def test_a_delegate_who_is_away_too_is_pointed_out_wherever_it_is_entered():
    awa, bruno = (factories.AdviserFactory(user__full_name=name) for name in ("Awa", "Bruno"))
    away(bruno, starts_on="2030-12-31", ends_on="2031-01-02", delegate=awa)
    away(bruno, starts_on="2031-01-03", ends_on="2031-01-03")
    client = client_of(awa.user)
    earlier = client.post(f"{ABSENCES}add/", SENT | {"ends_on": "2030-12-30", "delegate": bruno.pk})
    entered = client.post(f"{ABSENCES}add/", SENT | {"delegate": bruno.pk, "policy": "cover"})

    assert [text for text in said(earlier) if "away too" in text] == []
    assert [text.partition(". ")[0] for text in said(entered) if "away too" in text] == [
        "Bruno is away too: 2030-12-31 to 2031-01-02"
    ]


@pytest.mark.django_db
def test_an_adviser_reads_those_of_others_and_changes_none():
    other = away(factories.AdviserFactory(user__full_name="Bruno"))
    awa = factories.AdviserFactory()
    client = client_of(awa.user)

    listed = text_of(client, ABSENCES)
    page = client.get(f"{ABSENCES}{other.pk}/change/")
    refused = [
        client.post(f"{ABSENCES}{other.pk}/change/", SENT).status_code,
        client.post(f"{ABSENCES}{other.pk}/delete/", {"post": "yes"}).status_code,
        client.post(
            ABSENCES, {"action": "delete_selected", "_selected_action": other.pk, "post": "yes"}
        ).status_code,
    ]
    added = client.post(f"{ABSENCES}add/", SENT | {"adviser": other.adviser.pk})

    assert "Bruno" in listed
    assert (page.status_code, "_save" in page.content.decode()) == (200, False)
    assert refused[:2] == [403, 403]
    assert Absence.objects.filter(pk=other.pk, starts_on=TODAY).exists()
    assert (added.status_code, Absence.objects.exclude(pk=other.pk).get().adviser) == (302, awa)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "looks", "adds"),
    [
        ("desk lead", 200, 200),
        ("auditor", 200, 403),
        ("approver", 403, 403),
        ("analyst", 403, 403),
        ("anonymous", 302, 302),
        ("superuser", 200, 200),
    ],
)
def test_who_looks_and_who_enters_for_everybody(kind, looks, adds):
    adviser = factories.AdviserFactory()
    client = client_of(person(kind, adviser))

    sent = client.post(f"{ABSENCES}add/", SENT | {"adviser": adviser.pk})

    assert client.get(ABSENCES).status_code == looks
    assert client.get(f"{ABSENCES}add/").status_code == adds
    assert Absence.objects.filter(adviser=adviser).count() == (adds == 200)
    assert sent.status_code in (302, 403)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"ends_on": "2030-12-23"}, "The end lies before the start."),
        (
            {"ends_on": "2030-12-24", "from_hour": "15:00", "to_hour": "14:00"},
            "The end lies before the start.",
        ),
        ({"policy": "cover"}, "Name the delegate who covers the leads."),
        ({"delegate": "own"}, "Nobody stands in for themselves"),
        ({"delegate": "999999"}, "Select a valid choice."),
        ({"from_hour": "soon"}, "Enter a valid time."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_stored(change, error):
    awa = factories.AdviserFactory()
    sent = SENT | {k: awa.pk if v == "own" else v for k, v in change.items()}

    response = client_of(awa.user).post(f"{ABSENCES}add/", sent)

    assert response.status_code == 200
    assert error in response.content.decode()
    assert Absence.objects.count() == 0


@pytest.mark.django_db
def test_what_is_over_is_listed_when_asked_for():
    awa = factories.AdviserFactory()
    old = away(
        awa, starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=2), note="Old"
    )
    away(awa, note="New")
    client = client_of(awa.user)

    shown = {
        when: [row.note for row in client.get(f"{ABSENCES}?{when}").context["cl"].result_list]
        for when in ("", "when=past", "when=all")
    }

    assert shown == {"": ["New"], "when=past": [old.note], "when=all": ["Old", "New"]}


# --- When they are


@pytest.mark.parametrize(
    ("fields", "starts", "ends"),
    [
        ({}, (2026, 3, 27, 23), (2026, 3, 29, 22)),  # two days, the second of 23 hours
        ({"zone": "Africa/Dakar"}, (2026, 3, 28), (2026, 3, 30)),
        ({"from_hour": "14:00"}, (2026, 3, 28, 13), (2026, 3, 29, 22)),
        ({"from_hour": "14:00", "to_hour": "12:00"}, (2026, 3, 28, 13), (2026, 3, 29, 10)),
    ],
)
def test_days_and_hours_are_those_of_the_adviser_s_zone(fields, starts, ends):
    zone = fields.pop("zone", "Europe/Paris")
    hours = {name: datetime.strptime(text, "%H:%M").time() for name, text in fields.items()}  # noqa: DTZ007
    absence = Absence(
        adviser=Adviser(time_zone=zone),
        starts_on=datetime(2026, 3, 28, tzinfo=UTC).date(),
        ends_on=datetime(2026, 3, 29, tzinfo=UTC).date(),
        **hours,
    )

    assert absence.span() == (datetime(*starts, tzinfo=UTC), datetime(*ends, tzinfo=UTC))
    assert absence.covers(datetime(*starts, tzinfo=UTC))
    assert not absence.covers(datetime(*ends, tzinfo=UTC))


# --- The calendar


def link_of(client: Client) -> str:
    """Make the link of one's calendar and read its address off the page."""
    client.post(f"{ABSENCES}calendar-link/", {"make": ""})
    page = text_of(client, ABSENCES)
    return page.split('readonly value="http://testserver')[1].split('"')[0]


@pytest.fixture
def site(settings) -> None:
    """Links lead to the test client."""
    settings.SITE_URL = "http://testserver"


@pytest.mark.django_db
def test_the_calendar_tells_absences_and_stand_ins_and_ends_with_its_link(site, client):
    bruno = factories.AdviserFactory(user__full_name="Bruno", time_zone="Africa/Lagos")
    awa = factories.AdviserFactory(user__full_name="Awa")
    away(awa, delegate=bruno, note="Secret note")
    away(bruno, delegate=awa, from_hour="14:00", to_hour="16:00", ends_on=TODAY)
    away(factories.AdviserFactory(user__full_name="Carla"))
    own = client_of(awa.user)

    address = link_of(own)
    response = client.get(address)
    events = icalendar.Calendar.from_ical(response.content).walk("VEVENT")

    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert response["Cache-Control"] == "no-store, private"
    assert sorted((str(e["summary"]), e.decoded("dtstart")) for e in events) == [
        ("Away", TODAY),
        ("You stand in for Bruno", datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(hours=13)),
    ]  # fmt: skip
    assert next(e.decoded("dtend") for e in events) == TODAY + timedelta(days=8)
    assert b"Secret" not in response.content

    second = link_of(own)
    assert (client.get(address).status_code, client.get(second).status_code) == (404, 200)
    own.post(f"{ABSENCES}calendar-link/", {"end": ""})
    assert client.get(second).status_code == 404
    assert "readonly value" not in text_of(own, ABSENCES)


@pytest.mark.django_db
def test_a_desk_lead_s_calendar_tells_of_the_team(site, client):
    away(factories.AdviserFactory(user__full_name="Carla"))
    lead = factories.AdviserFactory(user__roles=["desk lead"])

    calendar = client.get(link_of(client_of(lead.user))).content

    assert b"SUMMARY:Carla is away" in calendar


@pytest.mark.django_db
def test_a_calendar_is_shut_to_who_may_not_log_in_and_to_guesses(site, client):
    awa = factories.AdviserFactory()
    address = link_of(client_of(awa.user))
    awa.user.is_active = False
    awa.user.save()

    assert client.get(address).status_code == 404
    assert client.get("/calendar/guess.ics").status_code == 404
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_only_advisers_have_a_calendar_and_its_link_is_made_by_pressing():
    auditor = client_of(factories.UserFactory(roles=["auditor"]))
    awa = factories.AdviserFactory()

    assert auditor.post(f"{ABSENCES}calendar-link/", {"make": ""}).status_code == 403
    assert client_of(awa.user).get(f"{ABSENCES}calendar-link/").status_code == 405
    assert said(client_of(awa.user).post(f"{ABSENCES}calendar-link/")) == [
        "Here is your link. An earlier one is ended."
    ]
    awa.refresh_from_db()
    assert len(awa.calendar_digest) == 64


@pytest.mark.django_db
def test_three_absences_cost_as_many_statements_as_one():
    awa = factories.AdviserFactory()
    client = client_of(factories.UserFactory(roles=["desk lead"]))
    client.get(ABSENCES)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            away(factories.AdviserFactory(), delegate=awa)
        with CaptureQueriesContext(connection) as queries:
            client.get(ABSENCES)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_the_calendar_tells_what_falls_due_by_reference_only(site, client):
    awa = factories.AdviserFactory()
    lead = factories.lead_of(awa, full_name="Secret Client")
    ticking(lead, NOW)

    events = icalendar.Calendar.from_ical(client.get(link_of(client_of(awa.user))).content).walk(
        "VEVENT"
    )

    (event,) = events
    assert str(event["summary"]) == f"Due: first answer, {lead.reference}"
    assert event.decoded("dtstart") == NOW
    assert str(event["url"]) == f"http://testserver/staff/intake/lead/{lead.pk}/change/"


@pytest.mark.django_db
def test_an_entry_that_changes_keeps_its_name_and_gets_a_higher_number(site, client):
    awa = factories.AdviserFactory(time_zone="Africa/Lagos")
    leave = away(awa, from_hour="14:00")
    due = ticking(factories.lead_of(awa, status="qualified"), timezone.now() + HOUR, "proposal")
    address = link_of(client_of(awa.user))

    def entries() -> dict[str, tuple[int, datetime]]:
        events = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
        return {str(e["uid"]): (e["sequence"], e.decoded("dtstart")) for e in events}

    first = entries()
    Absence.objects.filter(pk=leave.pk).update(from_hour="15:00")
    later = timezone.now() + timedelta(days=1)
    rescheduling.move_deadline(deadline=due, due_at=later, by=awa.user, reason="More.")
    second = entries()
    Adviser.objects.update(time_zone="Africa/Nairobi")
    third = entries()
    Adviser.objects.update(weight=2, time_zone="Africa/Nairobi")

    assert len(first) == 2
    assert first.keys() == second.keys() == third.keys()
    name = f"absence-{leave.pk}@derisk"
    assert [one[name][0] for one in (first, second, third, entries())] == [0, 1, 2, 2]
    assert first[name][1] + HOUR == second[name][1] == third[name][1] + 2 * HOUR
    name = f"deadline-{due.pk}@derisk"
    assert [one[name][0] for one in (first, second, third)] == [0, 1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("days", [("2030-12-24", "9999-12-31"), ("0001-01-01", "2030-12-31")])
def test_days_that_no_clock_can_tell_are_refused_beside_their_field(days):
    awa = factories.AdviserFactory(time_zone="Africa/Lagos")

    page = client_of(awa.user).post(
        f"{ABSENCES}add/", SENT | dict(zip(("starts_on", "ends_on"), days, strict=True))
    )

    assert page.status_code == 200
    assert page.context["adminform"].form.errors == {
        "ends_on": ["Choose days between 1900 and 2999."]
    }
    assert not Absence.objects.exists()
