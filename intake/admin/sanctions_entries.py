"""Listed names in the staff screens."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.staff_screens import ReadOnlyAdmin
from briefs import geography
from intake.models import (
    SanctionsEntry,
    SanctionsName,
)
from intake.sanctions import finding


def _quality(name: SanctionsName) -> int:
    return SanctionsName.Quality.values.index(name.quality)


@admin.register(SanctionsEntry)
class SanctionsEntryAdmin(ReadOnlyAdmin):
    """Who and what is listed. A search compares names as a screening does."""

    list_display = ("name", "kind_name", "of_list", "reference", "where", "listed_on")
    list_select_related = ("of_list",)
    list_filter = ("of_list", "kind")
    search_fields = ("name",)
    search_help_text = (
        "A name in any script and order: found by how it is written and how it sounds."
    )
    ordering = ("name", "pk")
    change_form_outer_before_template = "intake/admin/sanctions_entry.html"

    def get_fieldsets(self, request: HttpRequest, obj: SanctionsEntry | None = None) -> list[Any]:
        """None: the page has everything already, in words."""
        return []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SanctionsEntry], search_term: str
    ) -> tuple[QuerySet[SanctionsEntry], bool]:
        """Names that are like it, by the indexes of names."""
        if not search_term.strip():
            return queryset, False
        both = (finding.asked(of, search_term) for of in ("contact", "organisation"))
        return queryset.filter(pk__in=finding.like([one for one in both if one])), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """With its names, and its countries by name."""
        entry = kwargs.get("obj")
        if entry is not None:
            context |= {
                "entry": entry,
                "names": sorted(entry.names.order_by("pk"), key=_quality),
                "countries": self.where(entry),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Kind", ordering="kind")
    def kind_name(self, entry: SanctionsEntry) -> str:
        """A person, a body or a vessel."""
        return entry.get_kind_display()

    @admin.display(description="Countries")
    def where(self, entry: SanctionsEntry) -> str:
        """Countries that the list names with it."""
        return ", ".join(geography.country_name(code, "en") for code in entry.countries)
