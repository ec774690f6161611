"""Hours as staff type and read them, across the days on which clocks change."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.time_zones import in_both, moment_of


@pytest.mark.parametrize(
    ("typed", "zone", "moment"),
    [
        ("2026-03-28T09:00", "Europe/Paris", "2026-03-28T08:00"),
        ("2026-03-29T01:59", "Europe/Paris", "2026-03-29T00:59"),
        ("2026-03-29T03:00", "Europe/Paris", "2026-03-29T01:00"),
        ("2026-10-25T01:59", "Europe/Paris", "2026-10-24T23:59"),
        ("2026-10-25T03:00", "Europe/Paris", "2026-10-25T02:00"),
        ("2026-03-29T02:30", "Africa/Lagos", "2026-03-29T01:30"),
        ("2026-03-29T02:30", "UTC", "2026-03-29T02:30"),
        # Morocco puts its clocks back for Ramadan.
        ("2026-02-16T12:00", "Africa/Casablanca", "2026-02-16T12:00"),
    ],
)
def test_hour_is_that_of_the_zone(typed: str, zone: str, moment: str) -> None:
    meant = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert moment_of(datetime.fromisoformat(typed), zone) == meant


def test_hour_that_the_clocks_leave_out_is_refused_with_its_neighbours() -> None:
    with pytest.raises(ValidationError) as refusal:
        moment_of(datetime.fromisoformat("2026-03-29T02:30"), "Europe/Paris")

    assert refusal.value.code == "hour_missing"
    assert refusal.value.messages == [
        "The clocks of Europe/Paris go forward: 02:30 does not exist on that day. Write 01:30 or 03:30."
    ]


@pytest.mark.parametrize("typed", ["9999-12-31T23:59", "0001-01-01T00:00", "3000-01-01T00:00"])
def test_year_that_other_zones_cannot_tell_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        moment_of(datetime.fromisoformat(typed), "America/New_York")

    assert (refusal.value.code, refusal.value.messages) == (
        "year",
        ["Write a year between 1900 and 2999."],
    )


def test_hour_that_comes_twice_is_refused_with_both() -> None:
    with pytest.raises(ValidationError) as refusal:
        moment_of(datetime.fromisoformat("2026-10-25T02:30"), "Europe/Paris")

    assert refusal.value.code == "hour_twice"
    assert refusal.value.messages == [
        (
            "The clocks of Europe/Paris go back: 02:30 comes twice on that day, at 00:30 and at 01:30 UTC. Choose UTC"
            " as the time zone and write the one that you mean."
        )
    ]


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", "29 March 2026, 00:30 UTC"),
        ("Africa/Lagos", "29 March 2026, 01:30 Africa/Lagos (00:30 UTC)"),
        ("America/New_York", "28 March 2026, 20:30 America/New_York (29 March 2026, 00:30 UTC)"),
    ],
)
def test_moment_is_told_here_and_in_utc(zone: str, told: str) -> None:
    assert in_both(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), zone) == told
