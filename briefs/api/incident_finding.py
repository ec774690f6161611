"""Which incidents a query of the API asks for: by what readers are told of them, never by rows that staff edit."""

import math
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, FloatField, Func, OuterRef, Q, TextField, Value
from django.db.models.functions import ACos, Cos, Greatest, Least, Radians, Sin

from briefs import geography
from briefs.api import finding, parameters
from briefs.models import Actor, Brief, EventType, SubType
from briefs.models.told_incident import ToldIncidentQuerySet

FILTERS: tuple[parameters.Parameter, ...] = (
    parameters.one_of(
        "country", geography.AFRICAN_COUNTRIES, "In this country (ISO 3166 alpha-2)."
    ),
    parameters.one_of("region", geography.REGIONS, "In this region (UN M49)."),
    parameters.matching(
        "actor",
        r"[a-z0-9_-]{1,120}",
        "the slug of an actor",
        "With this actor, under any of its names.",
    ),
    parameters.one_of("event_type", EventType.values, "Of this type. Categories after ACLED."),
    parameters.one_of("sub_type", SubType.values, "Of this closer type."),
    parameters.day("occurred_after", "That day or later."),
    parameters.day("occurred_before", "Before that day."),
    parameters.BBOX,
    parameters.NEAR,
    parameters.matching(
        "brief", r"[A-Za-z0-9_-]{1,120}", "a reference, uid or slug", "Told by this brief."
    ),
)

_Rows = ToldIncidentQuerySet
_EARTH_KM = 6371.0
_KM_IN_A_DEGREE = math.radians(1) * _EARTH_KM


def narrow(rows: _Rows, query: dict[str, Any]) -> _Rows:
    """Those of the incidents that fit a query that was read."""
    for name, apply in _APPLY.items():
        if name in query:
            rows = apply(rows, query[name])
    return rows


def _with_actor(rows: _Rows, slug: str) -> _Rows:
    """Texts hold names: an actor is found under the name of today and its other names."""
    every_name = Func(F("aliases"), F("name"), function="array_append")
    each = Func(every_name, function="unnest", output_field=TextField(), set_returning=True)
    return rows.filter(actors__overlap=Actor.objects.filter(slug=slug).values_list(each))


def _within(rows: _Rows, box: tuple[float, ...]) -> _Rows:
    """West beyond east: the box goes across the antimeridian (RFC 7946, 5.2)."""
    west, south, east, north = box
    rows = rows.filter(latitude__range=(south, north))
    if west <= east:
        return rows.filter(longitude__range=(west, east))
    return rows.filter(Q(longitude__gte=west) | Q(longitude__lte=east))


def _near(rows: _Rows, circle: parameters.Circle) -> _Rows:
    """On a round earth, by the spherical law of cosines: half a per cent off at worst."""
    degrees = circle.km / _KM_IN_A_DEGREE
    here, there = Radians(Value(circle.latitude)), Radians("latitude")
    turn = Radians(F("longitude") - Value(circle.longitude))
    cosine = Sin(here) * Sin(there) + Cos(here) * Cos(there) * Cos(turn)
    rows = rows.filter(latitude__range=(circle.latitude - degrees, circle.latitude + degrees))
    away = ACos(
        Greatest(Value(-1.0), Least(Value(1.0), cosine)), output_field=FloatField()
    ) * Value(_EARTH_KM)
    return rows.annotate(away=away).filter(away__lte=circle.km)


def _told_by(rows: _Rows, key: str) -> _Rows:
    told = Brief.objects.public().filter(
        finding.named(key), told_incidents__number=OuterRef("number")
    )
    return rows.filter(Exists(told))


_APPLY: dict[str, Callable[[_Rows, Any], _Rows]] = {
    "country": lambda rows, code: rows.filter(country=code),
    "region": lambda rows, name: rows.filter(country__in=geography.REGIONS[name]),
    "actor": _with_actor,
    "event_type": lambda rows, value: rows.filter(event_type=value),
    "sub_type": lambda rows, value: rows.filter(sub_type=value),
    "occurred_after": lambda rows, day: rows.filter(occurred_on__gte=day),
    "occurred_before": lambda rows, day: rows.filter(occurred_on__lt=day),
    "bbox": _within,
    "near": _near,
    "brief": _told_by,
}
