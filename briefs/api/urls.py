"""The reading API, below /api/v1/."""

from django.urls import path
from django.urls.resolvers import URLPattern

from briefs.api import briefs, exports, facets, incidents, subjects

app_name = "briefs-api"
urlpatterns: list[URLPattern] = [
    path("briefs/", briefs.BriefsView.as_view(), name="briefs"),
    path("briefs/facets/", facets.FacetsView.as_view(), name="facets"),
    path("briefs/<slug:key>/", briefs.BriefView.as_view(), name="brief"),
    path("briefs/<slug:key>/versions/", briefs.VersionsView.as_view(), name="versions"),
    path("briefs/<slug:key>/versions/<int:number>/", briefs.VersionView.as_view(), name="version"),
    path("briefs/<slug:key>/corrections/", briefs.CorrectionsView.as_view(), name="corrections"),
    path("briefs/<slug:key>/stix/", exports.StixView.as_view(), name="stix"),
    path("briefs/<slug:key>/geojson/", exports.BriefGeoView.as_view(), name="brief-geojson"),
    path("incidents/", incidents.IncidentsView.as_view(), name="incidents"),
    path("incidents.geojson", incidents.IncidentsGeoView.as_view(), name="incidents-geojson"),
    path("incidents/<int:number>/", incidents.IncidentView.as_view(), name="incident"),
    path("actors/", subjects.ActorsView.as_view(), name="actors"),
    path("actors/<slug:slug>/", subjects.ActorView.as_view(), name="actor"),
    path("countries/", subjects.CountriesView.as_view(), name="countries"),
    path("countries/<slug:code>/", subjects.CountryView.as_view(), name="country"),
    path("topics/", subjects.TopicsView.as_view(), name="topics"),
]
