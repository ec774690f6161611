"""`/api/v1/briefs/facets/`: how many briefs carry each value that a list may be narrowed by."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from briefs import changes, hits
from briefs.api import finding, reading, subject_schema
from briefs.models import Brief


class FacetsView(reading.ReadView):
    """What a list may be narrowed by."""

    takes = finding.FILTERS

    @extend_schema(
        operation_id="briefs_facets",
        parameters=[parameter.described() for parameter in finding.FILTERS],
        responses={200: subject_schema.FacetsSerializer, **reading.REFUSALS},
    )
    def get(self, request: Request) -> HttpResponse:
        """The values of the newest 1,000 briefs that fit, with how many carry each, the commonest first.

        With 1,000 there may be more: `is_capped` says so.
        """
        changed_at = changes.last_change()
        found = hits.look_at(finding.newest(Brief.objects.public(), self.query))
        data = {
            "total": found.total,
            "is_capped": found.is_capped,
            "facets": {
                name: [_told(name, row) for row in rows] for name, rows in found.counts.items()
            },
        }
        return self.answer(data, changed_at)


def _told(facet: str, row: hits.Count) -> dict[str, Any]:
    told = asdict(row)
    return told if facet == "actor" else {k: v for k, v in told.items() if k != "name"}
