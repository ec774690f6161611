"""Finding parties of the register by names: what the database finds near by its indexes, judged here name by name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from briefs import prepared
from intake import closeness, names
from intake.mentions import Text
from intake.models import Role
from intake.models.engagement import LOOK_BACK

_MOST = 2000
# Through a parent or a subsidiary it is never more certain than this.
_BY_GROUP = 85


class Where(StrEnum):
    """Where a request holds a name."""

    REQUESTER = "requester"
    TEXT = "text"


@dataclass(frozen=True)
class Needle:
    """A name that a request holds."""

    name: str
    where: Where


class _Keys(NamedTuple):
    """By what a name is looked for: its letters and its sound, without legal form and title, and its initials."""

    latin: str
    sound: str
    initials: tuple[str, ...]


@lru_cache(maxsize=4096)
def _keys(name: str) -> _Keys:
    plain = names.person_key(names.plain_key(name))
    latin = names.latin_key(plain)
    return _Keys(latin, names.sound_key(plain), tuple(closeness.initials(latin.split())))


@dataclass(frozen=True)
class Found:
    """A name in a request that is near to a party of the register, how near, and what that party is to what."""

    where: Where
    said: str
    score: int
    why: str
    party_id: int
    party: str
    roles: frozenset[str]
    engagement_id: int
    engagement: str
    engagement_lead_id: int | None
    through: str = ""

    @property
    def key(self) -> str:
        """Which party it is, and where it stands."""
        return f"{self.where}:{self.party_id}"

    def in_words(self) -> str:
        """For staff who decide."""
        who = (
            f"The requester, “{self.said}”,"
            if self.where == Where.REQUESTER
            else f"The text names “{self.said}”, which"
        )
        roles = " and ".join(str(Role(role).label) for role in sorted(self.roles))
        group = f" (of one group with “{self.through}”)" if self.through else ""
        near = f"{self.why}, {self.score} of 100"
        return f"{who} is near to “{self.party}”{group}, {roles} in “{self.engagement}”: {near}."

    def as_json(self) -> dict[str, Any]:
        """To be stored with a hold or a check."""
        return {
            "key": self.key,
            "where": str(self.where),
            "said": self.said,
            "score": self.score,
            "why": self.why,
            "party": self.party_id,
            "party_name": self.party,
            "roles": sorted(self.roles),
            "engagement": self.engagement_id,
            "engagement_name": self.engagement,
            "words": self.in_words(),
        }


@dataclass(frozen=True)
class Search:
    """What one request asks the register: names, those of the requester first, its text, and whom it is from.

    `organisation_id` is the requester's, for links by hand.
    """

    needles: Sequence[Needle]
    text: Text
    organisation_id: int | None


# Each branch by an index of its own: joined by OR the planner may read the whole register for each name.
_NEAR = prepared.Statement.written("""
WITH asked AS (
    SELECT * FROM unnest(%(place)s::int[], %(words)s::text[], %(organisation)s::bigint[])
        AS a (place, words, organisation)
), needle AS (
    SELECT * FROM unnest(%(of)s::int[], %(nr)s::int[], %(latin)s::text[], %(sound)s::text[], %(asks)s::boolean[])
        AS n (place, nr, latin, sound, asks)
), hit AS (
    SELECT n.place, pn.party_id, pn.name, n.nr FROM needle n JOIN intake_partyname pn ON pn.latin_key %% n.latin
    UNION
    SELECT n.place, pn.party_id, pn.name, n.nr FROM needle n JOIN intake_partyname pn ON pn.latin_key %%> n.latin
        WHERE n.asks
    UNION
    SELECT n.place, pn.party_id, pn.name, n.nr FROM needle n JOIN intake_partyname pn ON pn.sound_key %% n.sound
    UNION
    SELECT n.place, pn.party_id, pn.name, n.nr FROM needle n JOIN intake_partyname pn ON pn.initials @> ARRAY[n.latin]
    UNION
    SELECT short.place, pn.party_id, pn.name, short.nr
        FROM unnest(%(short_of)s::int[], %(short_nr)s::int[], %(initials)s::text[]) AS short (place, nr, letters)
        JOIN intake_partyname pn ON pn.latin_key = short.letters
    UNION
    SELECT a.place, pn.party_id, pn.name, 0 FROM asked a
        JOIN intake_partyname pn ON pn.words <@ string_to_array(a.words, ' ') AND pn.words <> '{}'
    UNION
    SELECT a.place, pn.party_id, pn.name, -1 FROM asked a
        JOIN intake_organisation o ON o.id = a.organisation OR o.merged_into_id = a.organisation
        JOIN intake_party p ON p.organisation_id = o.id
        JOIN intake_partyname pn ON pn.party_id = p.id
)
SELECT hit.place, hit.nr, hit.name, p.id, p.name, p.role, e.id, e.name, e.lead_id,
    (SELECT array_agg(DISTINCT child.role) FROM intake_party child WHERE child.parent_id = p.id)
FROM (SELECT *, row_number() OVER (PARTITION BY place) AS n FROM hit) hit
JOIN intake_party p ON p.id = hit.party_id
JOIN intake_engagement e ON e.id = p.engagement_id
WHERE hit.n <= %(most)s AND (e.ends_on IS NULL OR e.ends_on >= %(since)s)
""")


def search(needles: Sequence[Needle], text: Text, *, organisation_id: int | None) -> list[Found]:
    """`search_each` for one request."""
    return search_each([Search(needles, text, organisation_id)])[0]


def search_each(searches: Sequence[Search]) -> list[list[Found]]:
    """For each request every party that comes near to one of its names or stands in its text, judged; one statement."""
    needles = [
        (place, nr, one.where, _keys(one.name))
        for place, each in enumerate(searches)
        for nr, one in enumerate(each.needles, 1)
    ]
    short = [(place, nr, each) for place, nr, _, keys in needles for each in keys.initials]
    parameters: dict[str, Any] = {
        "place": list(range(len(searches))),
        "words": [" ".join(each.text.sounds()) for each in searches],
        "organisation": [each.organisation_id or 0 for each in searches],
        "of": [place for place, _, _, _ in needles],
        "nr": [nr for _, nr, _, _ in needles],
        "latin": [keys.latin for _, _, _, keys in needles],
        "sound": [keys.sound for _, _, _, keys in needles],
        "asks": [where == Where.REQUESTER for _, _, where, _ in needles],
        "short_of": [place for place, _, _ in short],
        "short_nr": [nr for _, nr, _ in short],
        "initials": [letters for _, _, letters in short],
        "since": timezone.localdate() - LOOK_BACK,
        "most": _MOST,
    }
    rows = prepared.fetch(_NEAR, parameters)
    found: list[list[Found]] = [[] for _ in searches]
    for place, *row in rows:
        found[place].append(_judged(row, searches[place].needles, searches[place].text))
    return found


def _judged(row: Sequence[Any], needles: Sequence[Needle], text: Text) -> Found:
    nr, name, party_id, party, role, engagement_id, engagement, lead_id, children = row
    if nr > 0:
        needle = needles[nr - 1]
        where, said, near = (
            needle.where,
            needle.name,
            closeness.compare(names.person_key(needle.name), name),
        )
    elif nr == 0:
        where, said, near = Where.TEXT, name, text.nearest(name)
    else:
        where, said = Where.REQUESTER, needles[0].name if needles else party
        near = closeness.Closeness(100, "the same organisation, as staff said")
    return Found(
        where=where,
        said=said,
        score=near.score,
        why=near.why if name == party else f"{near.why}, as “{name}”",
        party_id=party_id,
        party=party,
        roles=_roles(role, children),
        engagement_id=engagement_id,
        engagement=engagement,
        engagement_lead_id=lead_id,
    )


def _roles(role: str, children: Sequence[str] | None) -> frozenset[str]:
    """A parent is what its subsidiaries are; one of nobody named, of the client."""
    if role != Role.PARENT:
        return frozenset({role})
    return frozenset(set(children or ()) - {Role.PARENT}) or frozenset({Role.CLIENT})


# The parent and the subsidiaries of these parties, and where the same names stand in other engagements.
_GROUP = """
SELECT kin.origin, kin.name, p.id, p.name, p.role, e.id, e.name, e.lead_id,
    (SELECT array_agg(DISTINCT child.role) FROM intake_party child WHERE child.parent_id = p.id)
FROM (
    SELECT origin.id AS origin, other.id, other.name FROM intake_party origin
    JOIN intake_party other ON other.id = origin.parent_id OR other.parent_id = origin.id
    WHERE origin.id = ANY(%s)
) kin
JOIN intake_partyname mine ON mine.party_id = kin.id AND mine.latin_key <> ''
JOIN intake_partyname pn ON pn.latin_key = mine.latin_key
JOIN intake_party p ON p.id = pn.party_id AND p.id <> kin.origin
JOIN intake_engagement e ON e.id = p.engagement_id
WHERE e.ends_on IS NULL OR e.ends_on >= %s
LIMIT 500
"""


def of_the_same_group(found: Sequence[Found]) -> list[Found]:
    """Parties that are parent or subsidiary of what was found, in whatever engagement they stand; one statement."""
    if not found:
        return []
    with connection.cursor() as cursor:
        since = timezone.localdate() - LOOK_BACK
        cursor.execute(_GROUP, [[one.party_id for one in found], since])
        rows = cursor.fetchall()
    by_party: dict[int, list[Found]] = {}
    for one in found:
        by_party.setdefault(one.party_id, []).append(one)
    return [_through(row, one) for row in rows for one in by_party[row[0]]]


def _through(row: Sequence[Any], one: Found) -> Found:
    _, kin, party_id, party, role, engagement_id, engagement, lead_id, children = row
    return replace(
        one,
        score=min(one.score, _BY_GROUP),
        why=f"parent or subsidiary of “{one.party}”",
        party_id=party_id,
        party=party,
        roles=_roles(role, children),
        engagement_id=engagement_id,
        engagement=engagement,
        engagement_lead_id=lead_id,
        through=kin if kin != party else one.party,
    )
