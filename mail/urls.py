"""The address that mail providers are given."""

from django.urls import path

from mail import views

app_name = "mail"
urlpatterns = [path("events/<slug:provider>/", views.events, name="events")]
