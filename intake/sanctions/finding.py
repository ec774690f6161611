"""Names on the loaded lists that are like some names: found by indexes in one statement, then compared one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from intake.models import ListedKind, SanctionsName
from intake.sanctions import comparing
from intake.sanctions.comparing import Name

# Of one name so many of the likest on the lists are compared word by word, and so many of each way to find them.
_COMPARED = 60
_OF_EACH_WAY = 40
_LONGEST_SOUNDS = 8

# By letters and by sound with trigrams, whose order of words does not matter; and by the sounds of whole words: all of
# ours among theirs, or all of theirs among ours, so that middle names that one of the two leaves out do not matter.
_FIND = """
SELECT asked.place, n.name, n.quality, e.kind, l.code, e.uid, e.reference, e.name, e.born, e.birth_places, e.countries,
    e.identifiers, e.programmes, e.listed_on, e.digest, e.id
FROM unnest(%(places)s::int[], %(latin)s::text[], %(sound)s::text[], %(sounds)s::text[])
    AS asked (place, latin, sound, sounds)
CROSS JOIN LATERAL (
    SELECT id FROM (
        (SELECT id, similarity(latin_key, asked.latin) AS alike FROM intake_sanctionsname
            WHERE latin_key %% asked.latin ORDER BY 2 DESC, 1 LIMIT %(each)s)
        UNION ALL
        (SELECT id, similarity(sound_key, asked.sound) FROM intake_sanctionsname
            WHERE sound_key %% asked.sound ORDER BY 2 DESC, 1 LIMIT %(each)s)
        UNION ALL
        (SELECT id, similarity(sound_key, asked.sound) FROM intake_sanctionsname
            WHERE sounds @> string_to_array(asked.sounds, ' ')::varchar[] ORDER BY 2 DESC, 1 LIMIT %(each)s)
        UNION ALL
        (SELECT id, similarity(sound_key, asked.sound) FROM intake_sanctionsname
            WHERE sounds <@ string_to_array(asked.sounds, ' ')::varchar[] AND cardinality(sounds) > 1
            ORDER BY 2 DESC, 1 LIMIT %(each)s)
    ) AS ways GROUP BY id ORDER BY max(alike) DESC, id LIMIT %(compared)s
) AS near
JOIN intake_sanctionsname n ON n.id = near.id
JOIN intake_sanctionsentry e ON e.id = n.entry_id
JOIN intake_sanctionslist l ON l.id = e.of_list_id
"""


@dataclass(frozen=True)
class Asked:
    """A name to look for: what it is of ("contact" or "organisation"), as written, and made ready to be compared."""

    of: str
    text: str
    name: Name


@dataclass(frozen=True)
class Found:
    """An entry that a name is like: by which of its names, how much, and whether that is enough to look at it."""

    asked: Asked
    listed_name: str
    quality: str
    alike: int
    holds: bool
    is_other_kind: bool
    entry: dict[str, Any]


@lru_cache(maxsize=1024)
def asked(of: str, text: str) -> Asked | None:
    """A name to look for; None when nothing of it can be compared."""
    name = comparing.name_of(text, is_person=of == "contact")
    return Asked(of, " ".join(text.split()), name) if name.words else None


def find(names: Sequence[Asked]) -> list[Found]:
    """For each name the entries that are like it, the likest first; each entry once, by its likest name."""
    return find_each([names])[0]


def find_each(of_leads: Sequence[Sequence[Asked]]) -> list[list[Found]]:
    """The same for the names of several leads, in one statement."""
    names = [(nr, name) for nr, names in enumerate(of_leads) for name in names]
    best: dict[tuple[int, int], Found] = {}
    for place, *row in _rows([name for _, name in names]):
        found = _compare(names[place][1], row)
        key = (place, row[-1])
        if found and (key not in best or _rank(found) < _rank(best[key])):
            best[key] = found
    each: list[list[Found]] = [[] for _ in of_leads]
    for (place, _), found in best.items():
        each[names[place][0]].append(found)
    return [sorted(one, key=_rank) for one in each]


def like(names: Sequence[Asked]) -> list[int]:
    """The ids of entries with a name that is near one of these, enough to hold or not: for a person who looks."""
    return list({row[-1] for row in _rows(names)})


def _rank(found: Found) -> tuple[Any, ...]:
    return (
        not found.holds,
        -found.alike,
        found.entry["list"],
        found.entry["uid"],
        found.listed_name,
    )


def _rows(names: Sequence[Asked]) -> Iterable[Sequence[Any]]:
    if not names:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_FIND, parameters(names))
        return list(cursor.fetchall())


def parameters(names: Sequence[Asked]) -> dict[str, Any]:
    """What the statement is asked with."""
    return {
        "places": list(range(len(names))),
        "latin": [one.name.latin_key for one in names],
        "sound": [one.name.sound_key for one in names],
        "sounds": [" ".join(one.name.sounds[:_LONGEST_SOUNDS]) for one in names],
        "each": _OF_EACH_WAY,
        "compared": _COMPARED,
    }


def _compare(one: Asked, row: Sequence[Any]) -> Found | None:
    name, quality, kind = row[:3]
    listed = comparing.name_of(name, is_person=one.name.is_person)
    alike = comparing.alike(one.name, listed)
    is_other_kind = (kind == ListedKind.INDIVIDUAL) != one.name.is_person
    is_weak = quality == SanctionsName.Quality.WEAK
    holds = comparing.holds(alike, listed, one.name, is_weak=is_weak, is_other_kind=is_other_kind)
    # What does not hold is shown only when it is more than a chance: the same name, or nearly.
    shown_from = comparing.HOLDS_FROM if holds else comparing.SHOWN_FROM_WITHOUT_HOLD
    if alike < shown_from:
        return None
    return Found(one, name, quality, alike, holds, is_other_kind, _entry(row))


def _entry(row: Sequence[Any]) -> dict[str, Any]:
    (
        _,
        _,
        kind,
        code,
        uid,
        reference,
        name,
        born,
        places,
        countries,
        identifiers,
        programmes,
        listed_on,
        digest,
        pk,
    ) = row
    return {
        "list": code, "uid": uid, "reference": reference, "kind": kind, "name": name, "born": born,
        "birth_places": places, "countries": countries, "identifiers": identifiers, "programmes": programmes,
        "listed_on": listed_on.isoformat() if listed_on else "", "digest": digest, "pk": pk,
    }  # fmt: skip
