from datetime import timedelta

import pytest

from intake import clocks, promising
from intake.calendars import WorkingCalendar, office_hours
from intake.models import DeadlinePolicy, Enquiry, Lead
from tests.intake.clockwork import utc


@pytest.fixture(autouse=True)
def london(settings):
    """The house sits in London and keeps its holidays."""
    settings.HOUSE_CALENDAR = ("Europe/London", "09:00-17:00", "GB")


def promised(start: str, minutes: int = 480, country: str = "", clock: str = "working") -> str:
    policy = DeadlinePolicy(minutes=minutes, clock=clock, warn_before=0)
    lead = Lead(enquiry=Enquiry(country=country))
    return f"{promising.promise(policy, lead, utc(start)):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "minutes", "country", "due"),
    [
        # Nobody knows where the client is: the house's calendar alone.
        ("2027-03-02 10:00", 480, "", "2027-03-03 10:00"),
        ("2027-03-05 16:00", 120, "", "2027-03-08 10:00"),  # over a weekend
        ("2027-03-06 12:00", 60, "", "2027-03-08 10:00"),  # received on one
        ("2027-03-02 09:00", 480, "", "2027-03-02 17:00"),  # the end of a day, not the next morning
        # Lagos is an hour ahead: the house's last hour is after theirs.
        ("2027-03-02 10:30", 360, "NG", "2027-03-03 09:00"),
        ("2027-03-02 10:30", 300, "NG", "2027-03-02 15:30"),
        # Cairo rests on Friday and Saturday, London on Saturday and Sunday: Thursday, then Monday.
        ("2027-03-04 14:00", 120, "EG", "2027-03-08 09:00"),
        ("2027-03-04 11:00", 120, "EG", "2027-03-04 13:00"),
        # London's own holiday, Monday 3 May; its day begins at eight UTC by then.
        ("2027-04-30 16:30", 60, "NG", "2027-05-04 09:00"),
        # London rests on Monday 31 May, Nairobi on Tuesday, Madaraka Day.
        ("2027-05-31 15:30", 60, "KE", "2027-06-02 08:00"),
        # Two clocks in one country: both must be open.
        ("2027-03-02 09:00", 475, "CD", "2027-03-03 09:00"),
        # Honolulu to Boston: nobody knows when this client works.
        ("2027-03-02 10:00", 480, "US", "2027-03-03 10:00"),
    ],
)
def test_a_promise_is_a_slot_of_both(start, minutes, country, due):
    assert promised(start, minutes, country) == due


def test_working_time_is_that_of_wall_clocks_when_they_change():
    """London's clocks go forward on Sunday 28 March 2027: nine o'clock is at 8 UTC from then on, and Lagos stays."""
    assert promised("2027-03-25 16:00", 120) == "2027-03-29 09:00"  # Good Friday between
    assert promised("2027-04-01 15:00", 120, "NG") == "2027-04-02 09:00"


def test_round_the_clock_knows_no_night_and_no_client():
    assert promised("2027-03-06 23:30", 60, "EG", clock="always") == "2027-03-07 00:30"


def test_those_who_never_work_at_the_same_time_meet_in_the_clients_next_slot():
    ours = WorkingCalendar("Africa/Nairobi", office_hours())
    theirs = WorkingCalendar("America/Los_Angeles", office_hours())

    found = promising.next_shared(utc("2027-03-02 10:00"), ours, [theirs])

    assert found == utc("2027-03-02 17:00")


@pytest.mark.parametrize(
    ("due", "before", "warn"),
    [
        ("2027-03-04 15:00", 120, "2027-03-04 13:00"),
        (
            "2027-03-08 10:00",
            120,
            "2027-03-05 16:00",
        ),  # Friday's last hour counts, the weekend does not
        ("2027-03-08 10:00", 60 * 100, "2027-03-01 09:00"),  # more than there is: from the start on
    ],
)
def test_the_reminder_comes_so_much_working_time_before(due, before, warn):
    policy = DeadlinePolicy(minutes=480, warn_before=before)

    found = promising.warning_time(policy, None, utc("2027-03-01 09:00"), utc(due))

    assert abs(found - utc(warn)) <= timedelta(minutes=1)


def test_zones_of_a_country():
    at = utc("2027-03-02 10:00")

    assert clocks.zones_of("NG", at) == ["Africa/Lagos"]
    assert clocks.zones_of("CD", at) == ["Africa/Kinshasa", "Africa/Lubumbashi"]
    assert [clocks.zones_of(code, at) for code in ("US", "", "XX")] == [(), (), ()]
