"""One public brief as a STIX 2.1 bundle (OASIS, 10 June 2021).

Ids come out of this site's address and our own keys, so that a second import updates what the first made. `modified`
is the brief's `changed_at`: what two briefs say of one actor or place, the later change wins.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from briefs import geography
from briefs.api import fields
from briefs.likelihood import Confidence, Likelihood

MEDIA_TYPE = "application/stix+json;version=2.1"
NEEDS = (
    *("reference", "uid", "slug", "url", "title", "language", "summary", "countries", "topics"),
    *("published_at", "changed_at", "judgements", "incidents", "actors", "places", "sources"),
    "versions",
)
# What the note of a judgement says of our confidence. Low, Med and High of STIX's own scale (appendix A) are
# 1–29, 30–69 and 70–100: the middle of each. How likely a thing is, is never put here.
CONFIDENCE = {Confidence.LOW: 15, Confidence.MODERATE: 50, Confidence.HIGH: 85}
# TLP 2.0's CLEAR, word for word as OASIS publishes it (cti-stix-common-objects, tlp-2.0).
TLP_CLEAR = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "created": "2022-10-01T00:00:00.000Z",
    "name": "TLP:CLEAR",
    "extensions": {
        "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
            "extension_type": "property-extension",
            "tlp_2_0": "clear",
        }
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A bundle (STIX 2.1, section 8).",
    "required": ["type", "id", "objects"],
    "properties": {
        "type": {"type": "string", "enum": ["bundle"]},
        "id": {"type": "string", "pattern": "^bundle--"},
        "objects": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "spec_version", "id", "created"],
                "properties": {
                    "type": {"type": "string"},
                    "spec_version": {"type": "string", "enum": ["2.1"]},
                    "id": {"type": "string"},
                    "created": {"type": "string", "format": "date-time"},
                },
                "additionalProperties": True,
            },
        },
    },
}
# What is the same in every bundle has not changed since.
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)
# Whom we call a threat is only who lives by it: a state, a party or an association is an identity.
_THREATS: dict[str, dict[str, Any]] = {
    "armed_group": {},
    "criminal": {"threat_actor_types": ["criminal"]},
}
_IDENTITIES = {"state_force": "organization", "political": "organization", "civil": "group"}
Made = dict[str, Any]


def bundle(row: fields.Row) -> Made:
    """The bundle of a row that was read for NEEDS."""
    brief = fields.brief_as_data(row, NEEDS)
    made = [TLP_CLEAR, _house(), *_Objects(brief, row).all()]
    key = f"{brief['uid']} {_moment(brief['changed_at'])}"
    # What comes twice, such as a place of two incidents, is one object.
    return {"type": "bundle", "id": _id("bundle", key), "objects": _once(made)}


class _Objects:
    """What a bundle holds of one brief."""

    def __init__(self, brief: Made, row: fields.Row) -> None:
        self.brief = brief
        self.judgements = zip(row[fields.snapshot("judgements")], brief["judgements"], strict=True)
        self.incidents = row[fields.snapshot("incidents")]
        self.places = row[fields.snapshot("places")]
        self.actors = {actor["name"]: self._actor(actor) for actor in brief["actors"]}

    def all(self) -> list[Made]:
        """Every object, the report first."""
        about = [_country(code) for code in self.brief["countries"]]
        about += [*self.actors.values(), *(self._place(place) for place in self.places)]
        for incident in self.incidents:
            about += self._incident(incident)
        report = self._id("report", self.brief["uid"])
        notes = [self._note(*judgement, report) for judgement in self.judgements]
        about = _once([*about, *notes])
        return [self._report(report, about), *about]

    def _id(self, kind: str, key: object) -> str:
        return f"report--{key}" if kind == "report" else _id(kind, key)

    def _made(self, kind: str, key: object, **more: Any) -> Made:
        versions = self.brief["versions"]
        first = datetime.fromisoformat(versions[0]["published_at"]) if versions else None
        created = min(first or self.brief["published_at"], self.brief["changed_at"])
        return _object(
            self._id(kind, key), created, self.brief["changed_at"], self.brief["language"], **more
        )

    def _shared(self, kind: str, key: object, **more: Any) -> Made:
        """Something that other briefs may name too."""
        return _object(
            _id(kind, key), _FIRST, self.brief["changed_at"], self.brief["language"], **more
        )

    def _report(self, key: str, about: list[Made]) -> Made:
        brief = self.brief
        is_of_threats = any(made["type"] == "threat-actor" for made in about)
        sure = [CONFIDENCE[each["confidence"]] for each in brief["judgements"]]
        # No surer as a whole than where it is least sure.
        more = {"confidence": min(sure)} if sure else {}
        return self._made(
            "report",
            brief["uid"],
            name=brief["title"],
            description=brief["summary"],
            report_types=["threat-actor" if is_of_threats else "threat-report"],
            published=_moment(brief["published_at"]),
            object_refs=[made["id"] for made in about],
            labels=brief["topics"] or None,
            external_references=list(self._references()),
            **more,
        )

    def _references(self) -> Iterator[Made]:
        brief = self.brief
        yield {
            "source_name": settings.HOUSE["name"],
            "external_id": brief["reference"],
            "url": brief["url"],
        }
        for source in brief["sources"]:
            if source["name"]:
                told = {"description": source["title"], "url": source["url"]}
                if any(told.values()):
                    yield {"source_name": source["name"]} | {k: v for k, v in told.items() if v}

    def _actor(self, actor: Made) -> Made:
        names = {"name": actor["name"]}
        if actor["kind"] in _THREATS:
            more = _THREATS[actor["kind"]] | {"aliases": actor["aliases"] or None}
            return self._shared("threat-actor", actor["slug"], **names, **more)
        also = ", ".join(actor["aliases"])
        return self._shared(
            "identity",
            actor["slug"],
            **names,
            identity_class=_IDENTITIES[actor["kind"]],
            description=f"Also known as {also}." if also else None,
        )

    def _place(self, place: fields.Row) -> Made:
        return self._shared(
            "location",
            f"place {place['id']}",
            name=place["name"],
            country=place["country"],
            region=_region(place["country"]),
            administrative_area=place["admin1"] or None,
            latitude=place["latitude"],
            longitude=place["longitude"],
        )

    def _incident(self, incident: fields.Row) -> Iterator[Made]:
        """What happened, where, and who of those the brief names took part."""
        dead = incident["fatalities"]
        made = self._shared(
            "incident",
            incident["id"],
            name=incident["title"],
            description=f"{incident['occurred_on']} ({incident['precision']}), {incident['place']['name']}."
            f" Fatalities: {'not known' if dead is None else dead}.",
            labels=[label for label in (incident["event_type"], incident["sub_type"]) if label],
        )
        place = self._place(incident["place"])
        yield from (made, place, self._related(made, place))
        for name in incident["actors"]:
            if name in self.actors:
                yield self._related(made, self.actors[name])

    def _related(self, source: Made, target: Made) -> Made:
        return self._shared(
            "relationship",
            f"{source['id']} {target['id']}",
            relationship_type="related-to",
            source_ref=source["id"],
            target_ref=target["id"],
        )

    def _note(self, said: fields.Row, judgement: Made, report: str) -> Made:
        low, high = judgement["range"]
        term = Likelihood(judgement["likelihood"])
        return self._made(
            "note",
            said["key"],
            abstract=f"{term.value} (ICD 203: {low}–{high} in 100), by {judgement['horizon']}",
            content=judgement["text"],
            confidence=CONFIDENCE[judgement["confidence"]],
            labels=[f"likelihood:{term.value}", f"outcome:{judgement['outcome']}"],
            object_refs=[report],
        )


def _house() -> Made:
    return _object(
        _house_id(),
        _FIRST,
        _FIRST,
        "en",
        name=settings.HOUSE["name"],
        identity_class="organization",
        contact_information=settings.SITE_URL,
    )


def _country(code: str) -> Made:
    return _object(
        _id("location", f"country {code}"),
        _FIRST,
        _FIRST,
        "en",
        name=geography.country_name(code, "en"),
        country=code,
        region=_region(code),
    )


def _region(code: str) -> str:
    """As STIX's region-ov has it; the five of M49."""
    return f"{geography.region_key(code)}-africa"


def _object(key: str, created: datetime, modified: datetime, language: str, **more: Any) -> Made:
    return {
        "type": key.partition("--")[0],
        "spec_version": "2.1",
        "id": key,
        "created_by_ref": _house_id(),
        "created": _moment(created),
        "modified": _moment(modified),
        "lang": language,
        **{name: value for name, value in more.items() if value is not None},
        "object_marking_refs": [TLP_CLEAR["id"]],
    }


def _house_id() -> str:
    return _id("identity", "the house")


def _id(kind: str, key: object) -> str:
    ours = uuid.uuid5(uuid.NAMESPACE_URL, settings.SITE_URL)
    return f"{kind}--{uuid.uuid5(ours, f'{kind} {key}')}"


def _once(made: list[Made]) -> list[Made]:
    return list({each["id"]: each for each in made}.values())


def _moment(moment: datetime) -> str:
    """As STIX wants it: UTC, with thousandths."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
