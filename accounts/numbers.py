"""Numbers of things, as the staff screens say them."""

from typing import Any

from django.db.models import QuerySet

MOST_COUNTED = 10_000


def count_of(rows: QuerySet[Any], most: int = MOST_COUNTED) -> int:
    """How many rows there are, counted no further than to one more than `most`."""
    return rows.order_by()[: most + 1].count()


def told(number: int, most: int = MOST_COUNTED) -> str:
    """Such a count in words: “3,000”, “more than 10,000”."""
    return f"more than {most:,}" if number > most else f"{number:,}"


def counted(number: int, one: str, more: str = "") -> str:
    """“1 lead”, “3 leads”; `more` where the plural takes another form than an s."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"
