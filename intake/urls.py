"""The public addresses of intake."""

from django.urls import path

from intake import calendar_views, client_views, embedded_views, views

app_name = "intake"
urlpatterns = [
    path("calendar/<str:token>.ics", calendar_views.calendar, name="calendar"),
    path("embed/request/", embedded_views.embedded_form, name="embedded"),
    path("embed/request/<str:token>/", embedded_views.embedded_receipt, name="embedded_receipt"),
    path("request/", views.request_form, name="request"),
    path("request/<str:token>/", client_views.status, name="status"),
    path("request/<str:token>/person/", client_views.prove, name="prove"),
    path("request/<str:token>/<slug:name>/", client_views.act, name="act"),
]
