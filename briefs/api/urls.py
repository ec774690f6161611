"""The reading API, below /api/v1/."""

from django.urls import path
from django.urls.resolvers import URLPattern

from briefs.api import briefs

app_name = "briefs-api"
urlpatterns: list[URLPattern] = [
    path("briefs/", briefs.BriefsView.as_view(), name="briefs"),
    path("briefs/<slug:key>/", briefs.BriefView.as_view(), name="brief"),
    path("briefs/<slug:key>/versions/", briefs.VersionsView.as_view(), name="versions"),
    path("briefs/<slug:key>/versions/<int:number>/", briefs.VersionView.as_view(), name="version"),
    path("briefs/<slug:key>/corrections/", briefs.CorrectionsView.as_view(), name="corrections"),
]
