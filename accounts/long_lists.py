"""Staff lists that grow without end cost as much with a million rows as with a hundred: nothing counts, sorts or takes
all of them. A list says "more than 10,000", a search "more than 1,000"; filters and more words lead to what lies
further down.
"""

from functools import cached_property
from typing import Any

from django.contrib.admin import AllValuesFieldListFilter, ShowFacets
from django.contrib.messages import ERROR
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from accounts.numbers import MOST_COUNTED, count_of, told

MOST_FOUND = 1_000  # of what no index counts: a search, several filters at once
MOST_CHOSEN = 1_000  # at once, by "select all"
_TURNING = {"p", "o", "e", "all"}  # of a list's address what leaves no row out


class LongPaginator(Paginator):
    """Pages of a list of which only the first rows are counted and turned over: `most` of them."""

    most = MOST_COUNTED

    @cached_property
    def _counted(self) -> int:
        return count_of(self.object_list, self.most)  # type: ignore[arg-type]

    @cached_property
    def count(self) -> int:
        """How many rows there are, as far as they are counted."""
        return min(self._counted, self.most)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that were not counted."""
        return self._counted > self.most

    @property
    def told(self) -> str:
        """How many there are, in words."""
        return told(self._counted, self.most)

    def page(self, number: Any) -> Page:
        """One page. Further down the keys are found first, so that what is skipped is not joined with all that a row
        of the list names."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        rows: Any = self.object_list
        if start and isinstance(rows, QuerySet):
            keys = list(rows.values_list("pk", flat=True)[start : start + self.per_page])
            return Page(rows.filter(pk__in=keys), number, self)
        return super().page(number)


class LatelyUsedFilter(AllValuesFieldListFilter):
    """Offers the values that the newest rows have; Django's own reads every row for those of all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, _, _, model, *_ = args
        newest = model._default_manager.order_by("-pk").values_list(field.name, flat=True)
        values: Any = sorted({value for value in newest[:MOST_COUNTED] if value})
        self.lookup_choices = values


class LongChangeList(ChangeList):
    """Sorts by no other column than those that the list offers, whatever an address asks for."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        """Sorted backwards by what may be empty, without rows where it is: they would fill all the pages."""
        rows: QuerySet[Any] = super().get_queryset(request, *args, **kwargs)
        first = next(iter(rows.query.order_by), "")
        name = first.removeprefix("-") if isinstance(first, str) else ""
        if name == first or name not in {f.name for f in self.opts.fields if f.null}:
            return rows
        return rows.filter(**{f"{name}__isnull": False})

    def get_ordering_field(self, field_name: Any) -> Any:
        if self.sortable_by is not None and field_name not in self.sortable_by:
            return None
        return super().get_ordering_field(field_name)


class LongListAdmin(ModelAdmin):
    """A list that may grow. `sortable_by` names the columns that an index sorts by; the search needs one, too."""

    paginator = LongPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LongChangeList

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """As any; what is asked for in several ways at once is counted less far."""
        paginator = super().get_paginator(request, *args, **kwargs)
        asked = {name for name, value in request.GET.items() if value} - _TURNING
        paginator.most = MOST_FOUND if "q" in asked or len(asked) > 1 else MOST_COUNTED
        return paginator

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """As any; but not upon a whole list that is long."""
        takes_all = request.POST.get("select_across", "0") not in ("", "0")
        if takes_all and count_of(queryset, MOST_CHOSEN) > MOST_CHOSEN:
            text = f"These are more than {MOST_CHOSEN:,}. Filter or search first, or choose page by page."
            self.message_user(request, text, ERROR)
            return None
        response: HttpResponse | None = super().response_action(request, queryset)
        return response
