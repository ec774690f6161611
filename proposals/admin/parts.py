"""The sections and price lines of a draft, edited on the page of their version."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from proposals import money, pricing
from proposals.admin.markdown import SectionForm
from proposals.models import LineItem, ProposalVersion, Section


class LineItemForm(forms.ModelForm):
    """Refuses amounts that the currency of the version cannot express."""

    def __init__(self, *args: Any, version: ProposalVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        if self.instance.pk:
            self.initial.update(_short_numbers(self.instance, version.currency))

    def clean_unit_price(self) -> Decimal:
        price: Decimal = self.cleaned_data["unit_price"]
        money.check_amount(price, self.version.currency)
        return price


def _short_numbers(line: LineItem, currency: str) -> dict[str, Decimal]:
    """The numbers of a line without the zeros that the columns add: 2 and 1250.00 for 2.000 and 1250.000."""
    nearest = money.quantize(line.unit_price, currency)
    return {
        "quantity": pricing.plain(line.quantity),
        "tax_rate": pricing.plain(line.tax_rate),
        "unit_price": nearest if nearest == line.unit_price else line.unit_price,
    }


class LineItemFormSet(forms.BaseInlineFormSet):
    """Gives each line the version as it is in the same form, with the currency chosen there."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"version": self.instance}


class DraftInline:
    """Part of a version; editable as long as the version is a draft."""

    extra = 0
    ordering = ("position", "pk")

    def has_view_permission(self, request: HttpRequest, obj: ProposalVersion | None = None) -> bool:
        return request.user.has_perm("proposals.view_proposalversion")

    def has_change_permission(
        self, request: HttpRequest, obj: ProposalVersion | None = None
    ) -> bool:
        is_draft = obj is None or obj.is_draft
        return is_draft and request.user.has_perm("proposals.change_proposalversion")

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission


class SectionInline(DraftInline, StackedInline):
    """The text."""

    model = Section
    form = SectionForm
    fields = ("position", "heading", "body")


class LineItemInline(DraftInline, TabularInline):
    """The price."""

    model = LineItem
    form = LineItemForm
    formset = LineItemFormSet
    fields = ("position", "description", "quantity", "unit", "unit_price", "tax_rate", "tax_label")
