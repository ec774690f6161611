"""Places to go on from in a list: signed, so that nobody makes one up, and bound to the filters of the list."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.signing import BadSignature, Signer

from briefs.api.parameters import BadQuery, fault

Row = dict[str, Any]
_SIGNER = Signer(salt="briefs.api.cursor")
# They change what an answer shows, not which rows follow which.
_FREE = {"cursor", "page_size", "fields"}


def one_page(
    path: str,
    query: Mapping[str, str],
    rows: Sequence[Row],
    size: int,
    place: Callable[[Row], list[Any]],
) -> tuple[Sequence[Row], str | None]:
    """The first `size` of the rows, and the address of what follows, by the place of the last in its list.

    None when there is nothing more: ask for one row more than `size`.
    """
    if len(rows) <= size:
        return rows, None
    return rows[:size], next_url(path, query, place(rows[size - 1]))


def next_url(path: str, query: Mapping[str, str], position: list[Any]) -> str:
    """The address of what comes after this position of the list."""
    cursor = _SIGNER.sign_object([position, _fingerprint(path, query)])
    rest = {name: value for name, value in query.items() if name != "cursor"}
    return f"{settings.SITE_URL}{path}?{urlencode(rest | {'cursor': cursor})}"


def position_in(path: str, query: Mapping[str, str]) -> list[Any] | None:
    """The position that the query's cursor names, None at the start.

    Raises BadQuery for a cursor that we did not give, or gave for other filters.
    """
    if "cursor" not in query:
        return None
    try:
        position, fingerprint = _SIGNER.unsign_object(query["cursor"])
    except (BadSignature, ValueError) as error:
        detail = "This is no cursor of ours. Take it out of `next`, as it is."
        raise BadQuery([fault("cursor", "invalid", detail)]) from error
    if fingerprint != _fingerprint(path, query):
        detail = "It belongs to other filters. Begin without a cursor."
        raise BadQuery([fault("cursor", "other_filters", detail)])
    found: list[Any] = position
    return found


def _fingerprint(path: str, query: Mapping[str, str]) -> str:
    kept = sorted((name, value) for name, value in query.items() if name not in _FREE)
    return hashlib.sha256(json.dumps([path, kept]).encode()).hexdigest()[:16]
