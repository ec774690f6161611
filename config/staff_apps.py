"""The staff site in place of unfold's own."""

from typing import Any, cast

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import sites
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite


class StaffSite(UnfoldAdminSite):
    """Unfold's site, which asks after every screen for each page only where the page lists them all."""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What a person may open. Our side bar is another (`config/staff_navigation.py`): few pages look at this."""
        made = super().get_app_list
        return cast("list[Any]", SimpleLazyObject(lambda: made(request, app_label)))


class StaffSiteConfig(AppConfig):
    """Unfold with our site; before the admin, which fills it."""

    name = "unfold"

    def ready(self) -> None:
        admin.site = sites.site = StaffSite()
