"""Erasures that one member of staff asked for and another one carries out."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.decorators import display

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin
from intake import erasure_orders
from intake.admin.erasure_forms import CarryOutForm
from intake.models import Contact, ErasureOrder, ErasureRequest, Lead

ASKED = "Noted. Somebody else has to carry it out: it stands under Privacy, Erasures to do."
_ERASE = "accounts.erase_person"


def ask_for_lead(lead: Lead, by: User, because: str, tells: bool) -> str:
    """The button of a lead for that alone."""
    scope = ErasureOrder.Scope.LEAD
    return _page(
        erasure_orders.ask_to_erase(lead=lead, scope=scope, by=by, because=because, tells=tells)
    )


def ask_for_person(thing: Any, by: User, because: str, tells: bool) -> str:
    """The button of a lead, a contact or a client's request for everything of the person."""
    found = thing.lead if isinstance(thing, ErasureRequest) else thing
    subject: dict[str, Any] = {"contact": found} if isinstance(found, Contact) else {"lead": found}
    scope = ErasureOrder.Scope.PERSON
    return _page(
        erasure_orders.ask_to_erase(**subject, scope=scope, by=by, because=because, tells=tells)
    )


def _page(order: ErasureOrder) -> str:
    return reverse("admin:intake_erasureorder_change", args=[order.pk])


def _carry_out(order: ErasureOrder, by: User, alone_because: str = "") -> None:
    erasure_orders.carry_out(order=order, by=by, alone_because=alone_because)


def _drop(order: ErasureOrder, by: User) -> None:
    erasure_orders.drop(order=order, by=by)


def _is_open(order: ErasureOrder) -> bool:
    return order.state == ErasureOrder.State.OPEN


@admin.register(ErasureOrder)
class ErasureOrderAdmin(VerbAdmin, ReadOnlyAdmin):
    """What waits for a second person, and what became of it."""

    empty_words = "Nobody has asked for an erasure."
    verbs = (
        Verb(
            "carry-out", "Carry out", _carry_out, _is_open, _ERASE,
            "Erased. The record is under Privacy, Erasures.", CarryOutForm, is_main=True,
        ),
        Verb("drop", "Drop it", _drop, _is_open, _ERASE, "Dropped: nothing is erased."),
    )  # fmt: skip
    list_display = ("what", "because", "asked_by", "asked_at", "state_name", "ended_by")
    list_filter = ("state",)
    list_select_related = ("lead", "contact", "asked_by", "ended_by")
    search_fields = ("lead__reference",)
    ordering = ("-state", "asked_at", "pk")  # the open ones first
    fields = (
        "what", "because", "tells", "asked_by", "asked_at", "state_name", "ended_at", "ended_by", "erasure",
    )  # fmt: skip
    readonly_fields = ("what", "state_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ErasureOrder]:
        assert isinstance(request.user, User)
        of_lead = Q(lead__in=Lead.objects.visible_to(request.user))
        of_contact = Q(contact__in=Contact.objects.visible_to(request.user))
        rows = super().get_queryset(request).filter(of_lead | of_contact)
        return rows.select_related("lead__contact", "lead__enquiry", "contact", "asked_by")

    @admin.display(description="What")
    def what(self, order: ErasureOrder) -> str:
        """Of whom or of which request."""
        return str(order)

    @display(
        description="State",
        ordering="state",
        label={"waits for a second person": "warning", "erased": "success", "dropped": "info"},
    )
    def state_name(self, order: ErasureOrder) -> str:
        """How it stands."""
        return order.get_state_display()
