"""Actors, places and incidents, shared by all briefs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.long_lists import LongListAdmin
from accounts.staff_fields import StaffFields
from briefs import freshness
from briefs.models import SUB_TYPES, Actor, EventType, Incident, Place, Source
from jobs import queue


class ActorForm(forms.ModelForm):
    """An actor that belongs to others, never to itself."""

    def clean_parents(self) -> QuerySet[Actor]:
        """Refuse a circle: what belongs to it cannot be what it belongs to."""
        parents: QuerySet[Actor] = self.cleaned_data["parents"]
        above: set[int] = set()
        level = {parent.pk for parent in parents}
        while level - above:
            above |= level
            level = set(Actor.objects.filter(children__in=level).values_list("pk", flat=True))
        if self.instance.pk in above:
            raise forms.ValidationError("It would belong to itself.")
        return parents


class IncidentForm(forms.ModelForm):
    """An incident whose closer sort fits its event type."""

    def clean(self) -> dict[str, Any] | None:
        """Name the sorts that fit."""
        data = super().clean() or {}
        event_type, sub_type = data.get("event_type"), data.get("sub_type")
        if event_type and sub_type and sub_type not in SUB_TYPES[EventType(event_type)]:
            fitting = ", ".join(str(choice.label) for choice in SUB_TYPES[EventType(event_type)])
            self.add_error("sub_type", f"That does not fit the event type. These do: {fitting}.")
        return data


@admin.register(Source)
class SourceAdmin(StaffFields, LongListAdmin):
    """Sources with their grade. Their notes never leave the house."""

    list_display = ("name", "reliability", "is_named")
    list_filter = ("reliability", "is_named")
    search_fields = ("name",)
    ordering = ("name", "pk")


@admin.register(Actor)
class ActorAdmin(StaffFields, LongListAdmin):
    """Groups under the name the house uses."""

    list_display = ("name", "kind", "known_as")
    list_filter = ("kind",)
    form = ActorForm
    search_fields = ("name", "aliases")
    autocomplete_fields = ("parents",)
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("name", "pk")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save it; readers' pages about it are made anew."""
        super().save_related(request, form, formsets, change)
        freshness.public_changed()
        key = f"names:{form.instance.pk}:{timezone.now().timestamp()}"
        queue.enqueue(queue.Ask("briefs.refresh_names", subject_id=form.instance.pk, key=key))

    @admin.display(description="Also known as")
    def known_as(self, actor: Actor) -> str:
        """Its aliases."""
        return ", ".join(actor.aliases)


class PlaceForm(forms.ModelForm):
    """A place with where its position comes from, that is not there already."""

    def clean(self) -> dict[str, Any] | None:
        """Refuse a second row for a town that is there; a namesake needs another region or a longer name."""
        data = super().clean() or {}
        if not self.instance.geonames_id:
            if not data.get("note"):
                self.add_error("note", "Say where the position comes from.")
            names = {name: data.get(name) for name in ("name", "country", "admin1")}
            # The constraint cannot be checked by the form, which has no GeoNames number; and a town of GeoNames
            # may have namesakes of its own, which staff should not add to.
            if twin := Place.objects.filter(**names).exclude(pk=self.instance.pk).first():
                self.add_error(
                    "name",
                    f"{twin} is there already, at {twin.latitude:.2f}, {twin.longitude:.2f}. If yours is another, "
                    "name it so that readers can tell them apart, such as “Dondo (north)”.",
                )
        return data


@admin.register(Place)
class PlaceAdmin(StaffFields, LongListAdmin):
    """Named points with their position: twelve thousand towns from GeoNames, and what staff add."""

    list_display = ("name", "admin1", "country", "kind", "population", "latitude", "longitude")
    list_filter = ("country", "kind", ("geonames_id", admin.EmptyFieldListFilter))
    search_fields = ("words",)
    search_help_text = "A name in any spelling, with or without region or country: “kayes congo”."
    ordering = ("name", "pk")
    form = PlaceForm
    readonly_fields = ("geonames_id",)
    fields = (
        *("name", "aliases", "country", "admin1", "kind", "latitude", "longitude", "precision"),
        *("note", "population", "geonames_id"),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Place], bool]:
        """By any name, without accents, the likeliest first."""
        return (queryset.matching(search_term) if search_term.split() else queryset), False

    def save_model(self, request: HttpRequest, obj: Place, form: Any, change: bool) -> None:
        """Save it; briefs that name it are found by its names of today."""
        super().save_model(request, obj, form, change)
        if change and {"name", "aliases"} & set(form.changed_data):
            key = f"place names:{obj.pk}:{timezone.now().timestamp()}"
            queue.enqueue(queue.Ask("briefs.refresh_place_names", subject_id=obj.pk, key=key))


@admin.register(Incident)
class IncidentAdmin(StaffFields, LongListAdmin):
    """What happened, once, for every brief that needs it."""

    list_display = ("title", "occurred_on", "place", "event_type", "fatalities", "in_briefs")
    list_filter = ("event_type", "place__country")
    list_select_related = ("place",)
    form = IncidentForm
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
