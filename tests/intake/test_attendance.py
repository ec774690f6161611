import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import attendance
from intake.calendars import NeverWorks, WorkingCalendar, hours_of

USUAL = ("09:00-12:30, 13:30-17:00",) * 5 + ("",) * 2
NIGHTS = ("00:00-06:00, 22:00-24:00",) * 7
NEVER = ("",) * 7
SINCE = datetime(2026, 3, 26, tzinfo=UTC)  # Europe's clocks change on the 29th
DAYS = {"starts_on": "2026-03-30", "ends_on": "2026-03-31"}
AWAY = json.dumps(DAYS | {"from_hour": "10:00:00", "to_hour": None, "delegate": 7})

minutes = st.integers(0, 9 * 24 * 60)


def by_calendar(zone, hours, country, absent, at):
    away = tuple(span for span, _ in absent)
    try:
        return WorkingCalendar(zone, hours_of(hours), country, away).next_working(at)
    except NeverWorks:
        return None


@given(
    moments=st.lists(minutes, min_size=1, max_size=12),
    zone=st.sampled_from(["UTC", "Europe/Paris", "Africa/Lagos"]),
    hours=st.sampled_from([USUAL, NIGHTS, NEVER]),
    is_away=st.booleans(),
)
def test_when_somebody_works_next_is_what_their_calendar_says_whenever_it_was_asked_before(
    moments, zone, hours, is_away
):
    absent = attendance.absences((AWAY,) if is_away else (), zone)
    for one in moments:
        at = SINCE + timedelta(minutes=one)
        found = attendance.works_next(zone, hours, "FR", absent, at)
        assert found == by_calendar(zone, hours, "FR", absent, at)
        assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("day", ["nine to five", "17:00-09:00"])
def test_hours_that_cannot_be_read_count_as_none(day):
    assert attendance.works_next("UTC", (day,) * 7, "", (), SINCE) is None


def test_an_absence_is_told_with_who_stands_in_until_it_ends():
    (absence,) = attendance.absences((AWAY,), "Africa/Lagos")

    assert absence == (
        (datetime(2026, 3, 30, 9, tzinfo=UTC), datetime(2026, 3, 31, 23, tzinfo=UTC)),
        7,
    )
    assert attendance.away([absence], datetime(2026, 3, 30, 8, 59, tzinfo=UTC)) == (None, None)
    assert attendance.away([absence], datetime(2026, 3, 30, 9, tzinfo=UTC)) == (absence[0][1], 7)
