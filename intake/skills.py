"""What an adviser can know: a closed list of skills, each at a level. A skill is written "kind:value"."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import models
from django.utils.translation import get_language

from briefs import geography
from briefs.topics import Topic, topic_name
from intake.catalogue import Language, Service


class SkillKind(models.TextChoices):
    """What a skill is about. A region counts for each of its countries."""

    LANGUAGE = "language", "language"
    COUNTRY = "country", "country"
    REGION = "region", "region"
    TOPIC = "topic", "topic"
    SERVICE = "service", "service"


class Level(models.IntegerChoices):
    """How well somebody knows it."""

    BASIC = 1, "basic"
    GOOD = 2, "good"
    EXPERT = 3, "expert"


def values(kind: str) -> list[tuple[str, str]]:
    """What a skill of this kind may be about: (value, name)."""
    match kind:
        case SkillKind.LANGUAGE:
            return [(str(value), str(label)) for value, label in Language.choices]
        case SkillKind.COUNTRY:
            return [(code, name) for code, name in geography.country_choices() if code]
        case SkillKind.REGION:
            return [(slug, str(geography.region_name(slug))) for slug in geography.REGIONS]
        case SkillKind.TOPIC:
            return [(str(value), str(label)) for value, label in Topic.choices]
    return [(str(v), str(label)) for v, label in Service.choices if v != Service.NOT_SURE]


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """All skills, grouped by kind, for a form."""
    return [
        (kind.label.capitalize(), [(f"{kind.value}:{value}", name) for value, name in values(kind)])
        for kind in SkillKind
    ]


def name_of(skill: str) -> str:
    """What people call a skill: "Mali", "Français", "mining"."""
    kind, _, value = skill.partition(":")
    match kind:
        case SkillKind.COUNTRY:
            return geography.country_name(value, "en")
        case SkillKind.TOPIC:
            return topic_name(value).lower()
        case SkillKind.SERVICE:
            return str(Service(value).label).lower() if value in Service.values else value
    return dict(values(kind)).get(value, value)


def with_regions(levels: Mapping[str, int]) -> dict[str, int]:
    """The same levels, each region's also at its countries unless they stand higher there."""
    known = dict(levels)
    for skill, level in levels.items():
        kind, _, slug = skill.partition(":")
        if kind == SkillKind.REGION:
            for code in geography.REGIONS.get(slug, ()):
                known[f"country:{code}"] = max(level, known.get(f"country:{code}", 0))
    return known


def shortfalls(wanted: Mapping[str, int], known: Mapping[str, int]) -> list[str]:
    """In words, each skill that is wanted at a higher level than it is known."""
    lacking = tuple(skill for skill, level in wanted.items() if level and not known.get(skill))
    return [*(_lacking(lacking, get_language()) if lacking else ()), *_too_low(wanted, known)]


@lru_cache(maxsize=1024)
def _lacking(skills: tuple[str, ...], _language: str | None) -> tuple[str, ...]:
    """Kept by the language that is spoken here, in which some are called: of a hundred advisers many lack the same."""
    return tuple(
        f"{lacks}{', '.join(name_of(s) for s in of_kind)}"
        for kind, lacks in _LACKS.items()
        if (of_kind := [s for s in skills if s.partition(":")[0] == kind])
    )


_LACKS: dict[str, str] = {
    SkillKind.LANGUAGE: "does not work in ",
    SkillKind.COUNTRY: "does not cover ",
    SkillKind.REGION: "does not cover ",
    SkillKind.TOPIC: "does not know the topic: ",
    SkillKind.SERVICE: "does not give: ",
}


def _too_low(wanted: Mapping[str, int], known: Mapping[str, int]) -> Iterable[str]:
    for skill, level in wanted.items():
        if 0 < known.get(skill, 0) < level:
            yield f"{name_of(skill)}: {Level(known[skill]).label}, {Level(level).label} is asked"
