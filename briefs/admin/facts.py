"""Actors, places and incidents, shared by all briefs."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from briefs.models import Actor, Incident, Place


@admin.register(Actor)
class ActorAdmin(ModelAdmin):
    """Groups under the name the house uses."""

    list_display = ("name", "kind", "known_as")
    list_filter = ("kind",)
    search_fields = ("name", "aliases")
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("name", "pk")

    @admin.display(description="Also known as")
    def known_as(self, actor: Actor) -> str:
        """Its aliases."""
        return ", ".join(actor.aliases)


@admin.register(Place)
class PlaceAdmin(ModelAdmin):
    """Named points with their position."""

    list_display = ("name", "country", "latitude", "longitude")
    list_filter = ("country",)
    search_fields = ("name",)
    ordering = ("name", "pk")


@admin.register(Incident)
class IncidentAdmin(ModelAdmin):
    """What happened, once, for every brief that needs it."""

    list_display = ("title", "occurred_on", "place", "event_type", "fatalities", "in_briefs")
    list_filter = ("event_type", "place__country")
    list_select_related = ("place",)
    search_fields = ("title", "place__name")
    autocomplete_fields = ("place", "actors")
    date_hierarchy = "occurred_on"
    ordering = ("-occurred_on", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        return super().get_queryset(request).annotate(brief_count=Count("briefs"))

    @admin.display(description="Briefs", ordering="brief_count")
    def in_briefs(self, incident: Incident) -> int:
        """How many briefs rely on it."""
        return int(incident.brief_count)  # type: ignore[attr-defined]  # annotated
