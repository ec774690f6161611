"""Dates in words."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.utils import translation

from briefs import dates


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "1 January 2025"),
        ("fr", "1er janvier 2025"),
        ("pt", "1 de janeiro de 2025"),
        ("ar", "1 يناير 2025"),
    ],
)
def test_long_date(language: str, words: str) -> None:
    with translation.override(language):
        assert dates.long_date(date(2025, 1, 1)) == words


def test_moment_is_told_in_utc() -> None:
    west = timezone(timedelta(hours=-3))

    words = dates.long_moment(datetime(2025, 1, 8, 22, 30, tzinfo=west))

    assert words == "9 January 2025, 01:30 UTC"
    assert dates.long_date(datetime(2025, 1, 8, 22, 30, tzinfo=UTC)) == "8 January 2025"
    with translation.override("ar"):
        assert (
            dates.long_moment(datetime(2025, 1, 8, 22, 30, tzinfo=UTC)) == "8 يناير 2025، 22:30 UTC"
        )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Wednesday 1 January 2025"),
        ("fr", "mercredi 1er janvier 2025"),
        ("pt", "quarta-feira, 1 de janeiro de 2025"),
        ("ar", "الأربعاء، 1 يناير 2025"),
    ],
)
def test_the_day_of_the_week_is_told(language: str, words: str) -> None:
    with translation.override(language):
        assert dates.weekday_date(date(2025, 1, 1)) == words


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        ("day", "6 January 2025"),
        ("week", "in the week of 6 January 2025"),
        ("month", "January 2025"),
    ],
)
def test_vague_dates_say_so(precision: str, words: str) -> None:
    assert dates.vague_date(date(2025, 1, 6), precision) == words
