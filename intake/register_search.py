"""Finding parties of the register by names: what the database finds near by its indexes, judged here name by name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils import timezone

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

    @cached_property
    def plain(self) -> str:
        """Without legal form and title."""
        return names.person_key(names.plain_key(self.name))


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


# Each branch by an index of its own: joined by OR the planner may read the whole register for each name.
_NEAR = """
WITH needle AS (
    SELECT * FROM unnest(%(latin)s::text[], %(sound)s::text[]) WITH ORDINALITY AS n(latin, sound, nr)
), hit AS (
    SELECT pn.party_id, pn.name, n.nr FROM needle n JOIN intake_partyname pn ON pn.latin_key %% n.latin
    UNION
    SELECT pn.party_id, pn.name, n.nr FROM needle n JOIN intake_partyname pn ON pn.latin_key %%> n.latin
        WHERE n.nr <= %(requesters)s
    UNION
    SELECT pn.party_id, pn.name, n.nr FROM needle n JOIN intake_partyname pn ON pn.sound_key %% n.sound
    UNION
    SELECT pn.party_id, pn.name, n.nr FROM needle n JOIN intake_partyname pn ON pn.initials @> ARRAY[n.latin]
    UNION
    SELECT pn.party_id, pn.name, short.nr
        FROM unnest(%(initials)s::text[], %(initials_nr)s::bigint[]) AS short(letters, nr)
        JOIN intake_partyname pn ON pn.latin_key = short.letters
    UNION
    SELECT pn.party_id, pn.name, 0 FROM intake_partyname pn WHERE pn.words <@ %(words)s::text[] AND pn.words <> '{}'
    UNION
    SELECT pn.party_id, pn.name, -1 FROM intake_organisation o JOIN intake_party p ON p.organisation_id = o.id
        JOIN intake_partyname pn ON pn.party_id = p.id
        WHERE o.id = %(organisation)s OR o.merged_into_id = %(organisation)s
)
SELECT hit.nr, hit.name, p.id, p.name, p.role, e.id, e.name, e.lead_id,
    (SELECT array_agg(DISTINCT child.role) FROM intake_party child WHERE child.parent_id = p.id)
FROM hit JOIN intake_party p ON p.id = hit.party_id
JOIN intake_engagement e ON e.id = p.engagement_id
WHERE e.ends_on IS NULL OR e.ends_on >= %(since)s
LIMIT %(most)s
"""


def search(needles: Sequence[Needle], text: Text, *, organisation_id: int | None) -> list[Found]:
    """Every party that comes near to one of the names or stands in the text, judged; one statement.

    Names of the requester come first among the needles. `organisation_id` is the requester's, for links by hand.
    """
    requesters = sum(needle.where == Where.REQUESTER for needle in needles)
    short = [
        (letters, nr)
        for nr, needle in enumerate(needles, start=1)
        for letters in closeness.initials(names.latin_key(needle.plain).split())
    ]
    parameters: dict[str, Any] = {
        "latin": [names.latin_key(needle.plain) for needle in needles],
        "sound": [names.sound_key(needle.plain) for needle in needles],
        "requesters": requesters,
        "initials": [letters for letters, _ in short],
        "initials_nr": [nr for _, nr in short],
        "words": text.sounds(),
        "organisation": organisation_id or 0,
        "since": timezone.localdate() - LOOK_BACK,
        "most": _MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, parameters)
        rows = cursor.fetchall()
    return [_judged(row, needles, text) for row in rows]


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
