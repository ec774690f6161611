"""One brief in the formats of other trades: STIX 2.1 and GeoJSON."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from briefs.api import briefs, fields, geojson, reading, schema, stix


class StixView(briefs.OneBriefView):
    """A brief for threat-intelligence platforms."""

    media_type = stix.MEDIA_TYPE
    needs = stix.NEEDS

    @extend_schema(
        operation_id="briefs_stix",
        parameters=[schema.KEY],
        responses={
            (200, stix.MEDIA_TYPE): stix.SCHEMA,
            301: None,
            **reading.REFUSALS_OF_ONE,
        },
    )
    def get(self, request: Request, key: str, **rest: Any) -> HttpResponse:
        """A STIX 2.1 bundle marked TLP:CLEAR: report, actors, places, incidents, and a note for each judgement."""
        return super().get(request, key, **rest)

    def show(self, row: dict[str, Any], changed_at: datetime | None, **rest: Any) -> HttpResponse:
        return self.answer(stix.bundle(row), changed_at)


class BriefGeoView(briefs.OneBriefView):
    """A brief's places and incidents for maps."""

    media_type = geojson.MEDIA_TYPE
    needs = ("reference", "slug", "url", "title", "language", "incidents", "places")

    @extend_schema(
        operation_id="briefs_geojson",
        parameters=[schema.KEY],
        responses={
            (200, geojson.MEDIA_TYPE): geojson.SCHEMA,
            301: None,
            **reading.REFUSALS_OF_ONE,
        },
    )
    def get(self, request: Request, key: str, **rest: Any) -> HttpResponse:
        """Its places and incidents as GeoJSON (RFC 7946)."""
        return super().get(request, key, **rest)

    def show(self, row: dict[str, Any], changed_at: datetime | None, **rest: Any) -> HttpResponse:
        brief = fields.brief_as_data(row, ("reference", "slug", "title", "language", "url"))
        features = [
            geojson.place_feature(place["id"], fields.place_as_data(place))
            for place in row[fields.snapshot("places")]
        ]
        features += [
            geojson.incident_feature(fields.incident_as_data(incident))
            for incident in row[fields.snapshot("incidents")]
        ]
        return self.answer(geojson.collection(features, brief=brief), changed_at)
