from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.calendars import (
    NeverWorks,
    WorkingCalendar,
    hours_of,
    next_in_all,
    office_hours,
    parse_day,
    public_holidays,
    weekend_of,
)

WEEK = office_hours()
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def calendar(zone: str = "UTC", hours=WEEK, country: str = "", away=()) -> WorkingCalendar:
    return WorkingCalendar(zone, hours, country, tuple(away))


# --- A plain week


@pytest.mark.parametrize(
    ("at", "works", "next_one"),
    [
        ("2026-11-26 09:00", True, "2026-11-26 09:00"),  # a Thursday
        ("2026-11-26 16:59", True, "2026-11-26 16:59"),
        ("2026-11-26 17:00", False, "2026-11-27 09:00"),
        ("2026-11-26 08:59", False, "2026-11-26 09:00"),
        ("2026-11-27 18:00", False, "2026-11-30 09:00"),
        ("2026-11-28 12:00", False, "2026-11-30 09:00"),
    ],
)
def test_a_week_from_nine_to_five(at, works, next_one):
    assert calendar().is_working(utc(at)) is works
    assert calendar().next_working(utc(at)) == utc(next_one)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-26 10:00", 2, "2026-11-26 12:00"),
        ("2026-11-26 09:00", 8, "2026-11-26 17:00"),  # its end, not the next morning
        ("2026-11-26 16:00", 2, "2026-11-27 10:00"),
        ("2026-11-27 16:00", 2, "2026-11-30 10:00"),
        ("2026-11-28 03:00", 1, "2026-11-30 10:00"),
        ("2026-11-26 09:00", 80, "2026-12-09 17:00"),
    ],
)
def test_working_hours_are_added_over_nights_and_weekends(start, hours, end):
    assert calendar().add(utc(start), hours * HOUR) == utc(end)
    assert calendar().between(utc(start), utc(end)) == hours * HOUR


def test_between_counts_backwards_below_zero():
    a, b = utc("2026-11-26 10:00"), utc("2026-11-27 11:00")

    assert (calendar().between(a, b), calendar().between(b, a)) == (9 * HOUR, -9 * HOUR)
    assert calendar().between(a, a) == timedelta(0)


def test_a_lunch_break_and_a_night_shift():
    lunch = calendar(hours=hours_of(["09:00-12:30, 13:30-17:00"] + [""] * 6))
    night = calendar(hours=hours_of(["22:00-24:00", "00:00-06:00"] + [""] * 5))

    assert not lunch.is_working(utc("2026-11-30 13:00"))
    assert lunch.add(utc("2026-11-30 12:00"), HOUR) == utc("2026-11-30 14:00")
    assert night.between(utc("2026-11-30 00:00"), utc("2026-12-02 00:00")) == 8 * HOUR
    assert night.is_working(utc("2026-12-01 00:00"))


# --- Zones, and clocks that change


def test_hours_are_those_of_the_zone():
    lagos = calendar("Africa/Lagos")  # UTC+1, no change of clocks

    assert lagos.next_working(utc("2026-11-26 00:00")) == utc("2026-11-26 08:00")
    at = datetime(2026, 11, 26, 9, 30, tzinfo=ZoneInfo("Africa/Nairobi"))
    assert calendar("Africa/Nairobi").next_working(at) == utc("2026-11-26 06:30")


def test_a_morning_stays_a_morning_when_london_changes_its_clocks():
    london = calendar("Europe/London")

    assert london.next_working(utc("2026-03-27 18:00")) == utc("2026-03-30 08:00")  # BST from 29th
    assert london.next_working(utc("2026-10-23 18:00")) == utc("2026-10-26 09:00")  # GMT from 25th
    assert london.add(utc("2026-03-27 16:00"), 2 * HOUR) == utc("2026-03-30 09:00")


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is():
    always = calendar("Europe/Paris", hours_of(["00:00-24:00"] * 7))

    spring = always.between(utc("2026-03-28 23:00"), utc("2026-03-29 22:00"))
    autumn = always.between(utc("2026-10-24 22:00"), utc("2026-10-25 23:00"))
    assert (spring, autumn) == (23 * HOUR, 25 * HOUR)


def test_hours_that_a_change_skips_or_repeats():
    night = calendar("Europe/Paris", hours_of(["01:00-03:00"] * 7))
    half = calendar("Europe/Paris", hours_of(["00:00-02:30, 02:30-04:00"] * 7))

    spring = (utc("2026-03-28 22:00"), utc("2026-03-29 10:00"))
    autumn = (utc("2026-10-24 21:00"), utc("2026-10-25 10:00"))
    assert (night.between(*spring), night.between(*autumn)) == (1 * HOUR, 3 * HOUR)
    assert (half.between(*spring), half.between(*autumn)) == (3 * HOUR, 5 * HOUR)


def test_cairo_starts_its_summer_at_midnight():
    cairo = calendar("Africa/Cairo", hours_of(["00:00-24:00"] * 7))

    day = (utc("2026-04-23 22:00"), utc("2026-04-24 21:00"))  # 24 April has no hour from 0 to 1
    assert cairo.between(*day) == 23 * HOUR


# --- Weekends and holidays


def test_a_weekend_of_friday_and_saturday():
    algiers = calendar("Africa/Algiers", office_hours("DZ"))

    assert weekend_of("DZ") == {4, 5}
    assert algiers.next_working(utc("2026-11-26 17:00")) == utc("2026-11-29 08:00")  # Sunday
    assert not algiers.is_working(utc("2026-11-27 10:00"))


def test_public_holidays_of_the_country_are_free():
    dakar = calendar("Africa/Dakar", country="SN")

    assert utc("2026-05-01 12:00").date() in public_holidays("SN", 2026)
    assert dakar.next_working(utc("2026-04-30 18:00")) == utc("2026-05-04 09:00")
    assert calendar().next_working(utc("2026-04-30 18:00")) == utc("2026-05-01 09:00")


def test_a_holiday_is_that_of_the_local_day():
    auckland = calendar("Pacific/Auckland", hours_of(["00:00-24:00"] * 7), "NZ")

    assert not auckland.is_working(utc("2025-12-31 12:00"))  # 1 January there
    assert auckland.is_working(utc("2026-12-24 10:00"))


def test_a_country_that_the_package_does_not_know_has_no_holidays():
    assert public_holidays("ZZ", 2026) == {}
    assert public_holidays("", 2026) == {}
    assert weekend_of("ZZ") == {5, 6}


def test_weekends_are_those_of_today_where_the_package_is_behind():
    assert (weekend_of("MR"), weekend_of("LY"), weekend_of("EG")) == ({5, 6}, {4, 5}, {4, 5})


# --- Away


def test_spans_away_are_no_working_time():
    away = [
        (utc("2026-11-26 12:00"), utc("2026-11-26 14:00")),
        (utc("2026-11-27 00:00"), utc("2026-12-02 00:00")),
        (utc("2026-11-30 00:00"), utc("2026-12-01 00:00")),  # within the one before
    ]
    person = calendar(away=away)

    assert not person.is_working(utc("2026-11-26 12:00"))
    assert person.is_working(utc("2026-11-26 14:00"))
    assert person.add(utc("2026-11-26 11:00"), 5 * HOUR) == utc("2026-12-02 10:00")
    assert person.between(utc("2026-11-26 00:00"), utc("2026-12-03 00:00")) == 14 * HOUR


def test_who_never_works_is_said_at_once():
    with pytest.raises(NeverWorks):
        calendar(hours={}).next_working(utc("2026-11-26 12:00"))
    assert calendar(hours={}).between(utc("2026-01-01 00:00"), utc("2027-01-01 00:00")) == 0 * HOUR
    away = [(utc("2026-11-26 00:00"), utc("2028-03-06 00:00"))]
    assert calendar(away=away).next_working(utc("2026-11-26 12:00")) == utc("2028-03-06 09:00")


# --- Two at once


def test_the_next_slot_of_an_adviser_and_a_client():
    london, algiers = calendar("Europe/London"), calendar("Africa/Algiers", office_hours("DZ"))

    assert next_in_all([london, algiers], utc("2026-11-26 16:30")) == utc("2026-11-30 09:00")
    assert next_in_all([], utc("2026-11-26 16:30")) == utc("2026-11-26 16:30")


def test_two_who_never_work_together():
    morning, evening = (
        calendar(hours=hours_of(["08:00-12:00"] * 7)),
        calendar(hours=hours_of(["12:00-20:00"] * 7)),
    )

    with pytest.raises(NeverWorks):
        next_in_all([morning, evening], utc("2026-11-26 00:00"))


# --- What is refused


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="needs a time zone"):
        calendar().is_working(datetime(2026, 11, 26))  # noqa: DTZ001


def test_time_is_not_taken_away():
    with pytest.raises(ValueError, match="never taken away"):
        calendar().add(utc("2026-11-26 12:00"), -HOUR)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nine to five", "Write hours as 09:00-17:00"),
        ("25:00-26:00", "There is no such hour"),
        ("09:00-24:30", "There is no such hour"),
        ("22:00-06:00", "write two days"),
        ("13:00-17:00, 09:00-12:00", "in their order"),
        ("09:00-13:00, 12:00-17:00", "in their order"),
        ("18:00-24:00, 01:00-02:00", "in their order"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(text, says):
    with pytest.raises(ValueError, match=says):
        parse_day(text)


def test_hours_as_people_write_them():
    assert parse_day("") == ()
    assert parse_day("9:00–12:30, 13:30 - 24:00") == (
        (time(9), time(12, 30)),
        (time(13, 30), time(0)),
    )


# --- Laws

ZONES = st.sampled_from(["UTC", "Europe/London", "Africa/Cairo", "Africa/Casablanca", "Asia/Dubai"])
DAYS = st.lists(
    st.sampled_from(["", "09:00-17:00", "00:00-24:00", "01:30-02:30, 20:00-24:00"]),
    min_size=7,
    max_size=7,
).filter(any)
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis wants them naive
    max_value=datetime(2027, 12, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(max_examples=150, deadline=None)
@given(ZONES, DAYS, MOMENTS, st.integers(0, 60 * 200), st.sampled_from(["", "EG", "GB"]))
def test_what_is_added_lies_between(zone, days, at, minutes, country):
    person = WorkingCalendar(zone, hours_of(days), country)
    duration = timedelta(minutes=minutes)

    end = person.add(at, duration)

    assert person.between(at, end) == duration
    assert person.is_working(person.next_working(at))
    assert person.between(at, person.next_working(at)) == timedelta(0)
