"""Briefs as readers find them: published, reviewed, with all that hangs on them. Row n is the same in every run."""

import hashlib
import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache, cached_property
from itertools import accumulate
from typing import Any

from django.conf import settings
from django.utils import translation

from briefs import geography, topics
from briefs.likelihood import Confidence, Likelihood
from briefs.models import EventType
from tests.bench.texts import Body, Writer

MARK = "7eb7e143d6370920"  # another when the rows become others: what an earlier run has loaded is loaded anew
LANGUAGES = {"en": 55, "fr": 25, "pt": 10, "ar": 10}
ACTORS, PLACES, SOURCES = 400, 600, 50
_DAYS = 8 * 365
_TODAY = datetime.combine(datetime.now(UTC).date(), time(), UTC)
_SOON = (_TODAY + timedelta(days=120)).date()
AUTHOR, APPROVER = 1, 2
# Enum.values makes a new list each time.
_LIKELIHOODS, _CONFIDENCES, _EVENTS = Likelihood.values, Confidence.values, EventType.values
Row = tuple[Any, ...]


@cache
def _weighted(count: int) -> list[float]:
    return list(accumulate(1 / (rank + 2) for rank in range(count)))


class World:
    """What briefs are made of: actors, places, countries with their names; the same in every process."""

    def __init__(self) -> None:
        chance = random.Random("world")
        self.writers = {code: Writer(code) for code in LANGUAGES}
        self.countries = list(geography.AFRICAN_COUNTRIES)
        self.topics = list(topics.Topic.values)
        self.actors = [self._actor(n) for n in range(1, ACTORS + 1)]
        self.places = [self._place(n, chance) for n in range(1, PLACES + 1)]
        self.names: dict[str, list[str]] = {}
        for code, _ in settings.LANGUAGES:
            with translation.override(code):
                for country in self.countries:
                    name = geography.country_name(country, code)
                    self.names.setdefault(country, []).append(name)
                for topic in self.topics:
                    self.names.setdefault(topic, []).append(topics.topic_name(topic))

    def _actor(self, n: int) -> dict[str, Any]:
        name = f"Front {_spelt(n)}"
        aliases = [f"F{_spelt(n).upper()}", f"Mouvement {_spelt(n)}"]
        return {
            "id": n,
            "name": name,
            "slug": f"front-{n}",
            "aliases": aliases,
            "kind": "armed_group",
        }

    def _place(self, n: int, chance: random.Random) -> dict[str, Any]:
        return {
            "id": n,
            "name": f"Ville {_spelt(n)}",
            "country": self.countries[n % len(self.countries)],
            "admin1": "",
            "kind": "town",
            "latitude": round(chance.uniform(-30, 35), 4),
            "longitude": round(chance.uniform(-15, 48), 4),
            "precision": "exact",
        }

    def some(self, chance: random.Random, rows: list[Any], most: int) -> list[Any]:
        """One to `most` of these, those in front more often."""
        drawn = chance.choices(rows, cum_weights=_weighted(len(rows)), k=chance.randint(1, most))
        return [row for n, row in enumerate(drawn) if row not in drawn[:n]]


def _spelt(n: int) -> str:
    syllables = ["ka", "lo", "mi", "ru", "te", "sa", "no", "be", "du", "fi"]
    return "".join(syllables[int(digit)] for digit in f"{n:03d}")


class Brief:
    """Brief number n, with its rows."""

    def __init__(self, world: World, n: int) -> None:
        self.chance = chance = random.Random(f"brief {n}")
        self.n, self.world = n, world
        self.language = chance.choices(list(LANGUAGES), weights=list(LANGUAGES.values()))[0]
        writer = world.writers[self.language]
        self.title, self.summary = writer.line(chance, 110), writer.line(chance, 280) + "."
        self.countries = world.some(chance, world.countries, 3)
        self.topics = world.some(chance, world.topics, 3)
        self.actors = world.some(chance, world.actors, 4)
        self.places = world.some(chance, world.places, 4)
        minutes = chance.randrange(1, _DAYS * 1440)
        self.published_at = _TODAY - timedelta(minutes=minutes)

    @cached_property
    def body(self) -> Body:
        """Its text; not asked for where only its incident is wanted."""
        writer = self.world.writers[self.language]
        return writer.body(random.Random(f"body {self.n}"))

    @cached_property
    def words(self) -> int:
        """How many words the text has."""
        return len(self.body.text.split())

    def rows(self) -> Iterator[tuple[str, Row]]:
        """(table, row) of the brief and of all that hangs on it."""
        n, at = self.n, self.published_at
        snapshot = self.snapshot()
        incident = _incident(self)
        yield (
            "briefs_incident",
            (n, incident["occurred_on"], "day", incident["title"], incident["event_type"], "",
             incident["place"]["id"], incident["fatalities"]),
        )  # fmt: skip
        yield from (("briefs_incident_actors", (n, a["id"])) for a in self.actors[:2])
        yield "briefs_brief", self._row(at)
        text = json.dumps(snapshot, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        yield "briefs_revision", (n, n, 1, text, digest, [AUTHOR], AUTHOR, at, "")
        yield "briefs_edition", (n, 1, n, at, APPROVER)
        for begin, end in (
            ("draft", "in_review"),
            ("in_review", "approved"),
            ("approved", "published"),
        ):
            by = AUTHOR if end == "in_review" else APPROVER
            yield "briefs_move", (n, n, False, begin, end, by, at, "", False, [])
        for row in snapshot["judgements"]:
            position = row["position"]
            yield (
                "briefs_judgement",
                (n * 4 + position, n, row["key"], position, row["text"], "icd203", row["likelihood"],
                 row["confidence"], row["horizon_on"], "", "open", ""),
            )  # fmt: skip
        for row in snapshot["citations"]:
            yield (
                "briefs_citation",
                (n, row["source_id"], row["position"], row["title"], row["url"], row["published_on"],
                 row["credibility"], ""),
            )  # fmt: skip
        for table, found in (("actors", self.actors), ("places", self.places)):
            yield from ((f"briefs_brief_{table}", (n, row["id"])) for row in found)
        for row in snapshot["incidents"]:
            yield "briefs_brief_incidents", (n, row["id"])
            yield "briefs_toldincident", (n, n, *_told(row))

    def _row(self, at: datetime) -> Row:
        return (
            self.n, self.slug, f"DR-{at.year}-{self.n:06d}", self._uuid("uid"), self.title, self.language,
            "assessment", "published", self.summary, self.body.html, self.body.text, self.names_text(),
            self.words, max(1, round(self.words / 220)), "clear", self.countries, self.topics, False,
            at - timedelta(days=1), self._uuid("translation"), self.n, self.n, at, at, at, at, "", at, at, AUTHOR,
        )  # fmt: skip

    @property
    def slug(self) -> str:
        """Its address."""
        return slug_of(self.n)

    def names_text(self) -> str:
        """As `naming.names_text` makes it."""
        names = [name for a in self.actors for name in (a["name"], *a["aliases"])]
        names += [place["name"] for place in self.places]
        names += [incident["place"]["name"] for incident in self.incidents]
        names += [name for key in (*self.countries, *self.topics) for name in self.world.names[key]]
        return "\n".join(dict.fromkeys(names))

    def snapshot(self) -> dict[str, Any]:
        """As `snapshots.snapshot_of` makes it."""
        return {
            "title": self.title,
            "language": self.language,
            "kind": "assessment",
            "tlp": "clear",
            "is_sample": False,
            "summary": self.summary,
            "body": self.body.html,
            "countries": self.countries,
            "topics": self.topics,
            "data_cutoff": (self.published_at - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "word_count": self.words,
            "reading_minutes": max(1, round(self.words / 220)),
            "judgements": [self._judgement(position) for position in (1, 2, 3)],
            "incidents": self.incidents,
            "actors": sorted(self.actors, key=lambda row: row["name"]),
            "places": sorted(self.places, key=lambda row: row["name"]),
            "citations": [self._citation(position) for position in (1, 2, 3)],
        }

    def _judgement(self, position: int) -> dict[str, Any]:
        return {
            "key": str(self._uuid(f"judgement {position}")),
            "position": position,
            "text": self.world.writers[self.language].line(self.chance, 160) + ".",
            "scale": "icd203",
            "likelihood": self.chance.choice(_LIKELIHOODS),
            "confidence": self.chance.choice(_CONFIDENCES),
            "horizon_on": max(_SOON, self.published_at.date() + timedelta(days=90)).isoformat()
            if self.n % 3
            else (self.published_at.date() + timedelta(days=90)).isoformat(),
            "change_reason": "",
            "revises": None,
        }

    @cached_property
    def incidents(self) -> list[dict[str, Any]]:
        """Its own, and those of up to two briefs before it: incidents are shared."""
        found, chance = [_incident(self)], random.Random(f"shared {self.n}")
        for earlier in (self.n - 1, self.n - 2):
            if earlier >= 1 and chance.random() < 0.6:
                found.append(_incident(Brief(self.world, earlier)))
        return sorted(found, key=lambda row: (row["occurred_on"], row["id"]))

    def _citation(self, position: int) -> dict[str, Any]:
        source = self.chance.randint(1, SOURCES)
        named = source % 2 == 0
        return {
            "source_id": source,
            "position": position,
            "reliability": "ABCDEF"[source % 6],
            "credibility": self.chance.choice("123456"),
            "name": f"Source {source}" if named else "",
            "title": f"Report {self.n}" if named else "",
            "url": f"https://source.example/{self.n}" if named else "",
            "published_on": None,
        }

    def _uuid(self, of: str) -> uuid.UUID:
        return uuid.UUID(hashlib.md5(f"{of} {self.n}".encode(), usedforsecurity=False).hexdigest())


def _told(row: dict[str, Any]) -> Row:
    """What is kept of an incident that a live text tells, as the trigger on briefs takes it from there."""
    place = row["place"]
    told = (row["id"], row["occurred_on"], row["event_type"], row["sub_type"], place["country"])
    return (*told, place["latitude"], place["longitude"], row["actors"], json.dumps(row))


def _incident(brief: Brief) -> dict[str, Any]:
    chance = random.Random(f"incident {brief.n}")
    return {
        "id": brief.n,
        "occurred_on": (brief.published_at.date() - timedelta(days=3)).isoformat(),
        "precision": "day",
        "title": f"{brief.title[:80]} {brief.n}",
        "event_type": chance.choice(_EVENTS),
        "sub_type": "",
        "fatalities": chance.choice([None, 0, 3]),
        "place": brief.places[0],
        "actors": sorted(actor["name"] for actor in brief.actors[:2]),
    }


def slug_of(n: int) -> str:
    """The address of brief n."""
    return f"bench-brief-{n}"
