"""Incidents and places as GeoJSON (RFC 7946): longitude first, WGS 84."""

from collections.abc import Sequence
from typing import Any

MEDIA_TYPE = "application/geo+json"

_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A FeatureCollection (RFC 7946) of points, longitude first.",
    "required": ["type", "features"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        "next": {
            "type": "string",
            "format": "uri",
            "nullable": True,
            "description": "The page that follows.",
        },
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "id", "geometry", "properties"],
                "properties": {
                    "type": {"type": "string", "enum": ["Feature"]},
                    "id": {"type": "string"},
                    "geometry": {
                        "type": "object",
                        "required": ["type", "coordinates"],
                        "properties": {
                            "type": {"type": "string", "enum": ["Point"]},
                            "coordinates": _POSITION,
                        },
                    },
                    "properties": {"type": "object", "additionalProperties": True},
                },
            },
        },
    },
}


def incident_feature(incident: dict[str, Any]) -> dict[str, Any]:
    """An incident of the API at its place, which becomes `place`, `country` and so on among its properties."""
    place = incident["place"]
    rest = {name: value for name, value in incident.items() if name not in ("id", "place")}
    properties = {
        **rest,
        "place": place["name"],
        **{name: place[name] for name in ("country", "admin1")},
        "place_precision": place["precision"],
    }
    return _point(f"incident-{incident['id']}", place, {"feature": "incident", **properties})


def place_feature(key: int, place: dict[str, Any]) -> dict[str, Any]:
    """A place of the API."""
    names = ("name", "country", "admin1", "kind", "precision")
    properties = {name: place[name] for name in names}
    return _point(f"place-{key}", place, {"feature": "place", **properties})


def collection(features: Sequence[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A FeatureCollection with its box; `more` are members of ours."""
    made: dict[str, Any] = {"type": "FeatureCollection", **more}
    if features:
        points = [feature["geometry"]["coordinates"] for feature in features]
        eastings, northings = zip(*points, strict=True)
        made["bbox"] = [min(eastings), min(northings), max(eastings), max(northings)]
    return {**made, "features": list(features)}


def _point(key: str, place: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": key,
        "geometry": {
            "type": "Point",
            "coordinates": [place["longitude"], place["latitude"]],
        },
        "properties": properties,
    }
