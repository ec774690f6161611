"""What apps above this one have to say on the privacy page: facts that staff set, read when the page is made."""

from collections.abc import Callable
from typing import Any

Fact = Callable[[], dict[str, Any]]
_FACTS: list[Fact] = []


def tells(find: Fact) -> None:
    """Register what finds facts for the page, by name. Whatever changes them calls `freshness.public_changed()`."""
    if find not in _FACTS:
        _FACTS.append(find)


def known() -> dict[str, Any]:
    """Every fact, as they are now."""
    return {name: fact for find in _FACTS for name, fact in find().items()}
