"""The public addresses of intake."""

from django.urls import path

from intake import views

app_name = "intake"
urlpatterns = [
    path("request/", views.request_form, name="request"),
    path("request/<str:token>/", views.status, name="status"),
]
