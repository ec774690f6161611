"""`/api/v1/incidents/`: what public briefs say has happened."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from briefs import changes
from briefs.api import (
    cursors,
    fields,
    geojson,
    incident_finding,
    parameters,
    reading,
    subject_schema,
)
from briefs.models import Brief, ToldIncident
from briefs.models.told_incident import ToldIncidentQuerySet

_LIST = [*incident_finding.FILTERS, parameters.CURSOR, parameters.PAGE_SIZE]
_BRIEFS = 50
_LARGEST_KEY = 2**63 - 1


class _IncidentsRead(reading.ReadView):
    takes = _LIST

    def page(self, request: Request) -> tuple[list[dict[str, Any]], str | None]:
        """The incidents of this page and the address of the next."""
        raw = request.query_params.dict()
        position = cursors.position_in(request.path, raw)
        size = self.query.get("page_size", parameters.USUAL_PAGE)
        found = incident_finding.narrow(ToldIncident.objects.public(), self.query)
        rows = list(_told(_after(found, position).newest())[: size + 1])
        shown, following = cursors.one_page(request.path, raw, rows, size, _place)
        return [_incident(row) for row in shown], following


class IncidentsView(_IncidentsRead):
    """What happened."""

    @extend_schema(
        operation_id="incidents_list",
        parameters=[parameter.described() for parameter in _LIST],
        responses={200: subject_schema.IncidentPageSerializer, **reading.REFUSALS},
    )
    def get(self, request: Request) -> HttpResponse:
        """Incidents that public briefs tell, the last that happened first, each as the newest public text tells it.

        `fatalities` null means not known; 0 means none. `briefs` are the newest 50 that tell it.
        """
        changed_at = changes.last_change()
        incidents, following = self.page(request)
        return self.answer({"next": following, "results": incidents}, changed_at)


class IncidentsGeoView(_IncidentsRead):
    """What happened, for maps."""

    media_type = geojson.MEDIA_TYPE

    @extend_schema(
        operation_id="incidents_geojson",
        tags=["incidents"],
        parameters=[parameter.described() for parameter in _LIST],
        responses={(200, geojson.MEDIA_TYPE): geojson.SCHEMA, **reading.REFUSALS},
    )
    def get(self, request: Request) -> HttpResponse:
        """The same as GeoJSON, with the same filters; `next` is a member of the collection."""
        changed_at = changes.last_change()
        incidents, following = self.page(request)
        features = [geojson.incident_feature(incident) for incident in incidents]
        return self.answer(geojson.collection(features, next=following), changed_at)


class IncidentView(reading.ReadView):
    """One thing that happened."""

    takes: ClassVar[list[parameters.Parameter]] = []

    @extend_schema(
        operation_id="incidents_retrieve",
        parameters=[
            OpenApiParameter(
                "number",
                {"type": "integer", "minimum": 0},
                OpenApiParameter.PATH,
                description="The `id` of an incident.",
            )
        ],
        responses={200: subject_schema.ToldIncidentSerializer, **reading.REFUSALS_OF_SUBJECT},
    )
    def get(self, request: Request, number: int) -> HttpResponse:
        """As the newest public text tells it, with the briefs that do."""
        changed_at = changes.last_change()
        found = ToldIncident.objects.public().filter(number=min(number, _LARGEST_KEY))
        row = _told(found).first()
        if row is None:
            raise Http404("No public brief tells of such an incident.")
        return self.answer(_incident(row), changed_at)


def _after(found: ToldIncidentQuerySet, position: list[Any] | None) -> ToldIncidentQuerySet:
    if position is None:
        return found
    day, number = date.fromisoformat(position[0]), int(position[1])
    return found.filter(Q(occurred_on__lt=day) | Q(number__lt=number), occurred_on__lte=day)


def _place(row: dict[str, Any]) -> list[Any]:
    return [row["occurred_on"].isoformat(), row["number"]]


def _told(found: ToldIncidentQuerySet) -> Any:
    tell = Brief.objects.public().filter(told_incidents__number=OuterRef("number"))
    named = JSONObject(reference="reference", slug="slug", title="title", language="language")
    rows = ArraySubquery(tell.newest().values_list(named)[:_BRIEFS])
    return found.annotate(brief_rows=rows).values("number", "occurred_on", "said", "brief_rows")


def _incident(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **fields.incident_as_data(row["said"]),
        "url": fields.api_url("briefs-api:incident", row["number"]),
        "briefs": [{**each, "url": fields.page_url(each["slug"])} for each in row["brief_rows"]],
    }
