"""The API addresses of intake, below /api/v1/."""

from django.urls import path

from intake.api import views

urlpatterns = [path("enquiries/", views.EnquiriesView.as_view(), name="enquiries")]
