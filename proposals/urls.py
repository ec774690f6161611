"""The client's addresses."""

from django.urls import path

from proposals import views

app_name = "proposals"
urlpatterns = [
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/proposal.pdf", views.document, name="document"),
    path("<str:token>/accept/", views.accept, name="accept"),
    path("<str:token>/decline/", views.decline, name="decline"),
]
