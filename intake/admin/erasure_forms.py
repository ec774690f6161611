"""What staff see and type before somebody's data is erased, refused or copied."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import erasing, hiding
from accounts.erasing import Step
from accounts.erasure_map import Person
from accounts.form_fields import LineField, LongTextField
from accounts.staff_screens import VerbForm
from intake import erasure_orders, identifying
from intake.erasing import ALONE
from intake.models import Contact, ErasureOrder, ErasureRequest, Lead

_TWO = "Two people are needed: one asks for it, another one carries it out."
_KEPT = "What is not kept goes for good: nobody can bring it back."


class _ErasureForm(VerbForm):
    """Beside it, table by table, what will happen."""

    beside = "intake/admin/erasure_preview.html"

    @property
    def person(self) -> Person:
        """Whom it is about."""
        return identifying.person_of_lead(self.obj)

    @property
    def steps(self) -> list[Step]:
        """What will happen, table by table."""
        return erasing.look(self.person)


class EraseForm(_ErasureForm):
    """Why a request is to be erased."""

    because = LineField(
        label="Why?",
        limit=300,
        help_text="For the record, which stays: who asked, how and when. No name and no address.",
    )
    tells = forms.BooleanField(
        label="Tell the person by mail, once, that it was done", required=False, initial=True
    )

    @property
    def intro(self) -> Sequence[str]:
        """What it reaches, and that it takes two."""
        return (f"This request alone is to be erased. {_KEPT}", _TWO)


class CarryOutForm(_ErasureForm):
    """The name of the thing once more, and of who asked for it, why nobody else can do it."""

    again = LineField(label="", limit=254)
    alone_because = LineField(
        label="Why can nobody else carry it out?",
        limit=300,
        required=False,
        help_text="You asked for it yourself. The reason stays in the record; no name and no address.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["again"].label = f"Type {self.expected} to go on"
        if self.obj.asked_by != self.by or not self.by.has_perm(ALONE):
            del self.fields["alone_because"]

    @property
    def expected(self) -> str:
        """What must be typed again."""
        if self.obj.scope == ErasureOrder.Scope.LEAD:
            return str(self.obj.lead.reference)
        return erasure_orders.address_of(self.obj)

    @property
    def person(self) -> Person:
        """Whom it is about."""
        return erasure_orders.person_of(self.obj)

    @property
    def intro(self) -> Sequence[str]:
        """Who asked and why, what it reaches, and that a second person is needed."""
        requests = ", ".join(sorted(self.person.references)) or "none"
        said = f"{self.obj.asked_by} asked for it: {self.obj.because}"
        needed = (f"{_TWO} You asked for it yourself.",) if self.obj.asked_by == self.by else ()
        return (said, f"Requests that it reaches: {requests}. {_KEPT}", *needed)

    def clean_again(self) -> str:
        """A person who erases has read whose data it is."""
        typed: str = self.cleaned_data["again"]
        if typed.strip().lower() != self.expected.lower():
            raise ValidationError(f"Type {self.expected}, as it stands above.", code="other")
        return typed

    def clean(self) -> dict[str, Any] | None:
        """The verb needs no second typing."""
        data = super().clean()
        if data is not None:
            data.pop("again", None)
        return data


class ErasePersonForm(EraseForm):
    """The same for all that a person sent and got."""

    @property
    def person(self) -> Person:
        """Everything under the address."""
        return identifying.person_of_address(address_of(self.obj))

    @property
    def intro(self) -> Sequence[str]:
        """What it reaches."""
        requests = ", ".join(hiding.shown(self.by, sorted(self.person.references))) or "none"
        return (f"Requests that it reaches: {requests}. {_KEPT}", _TWO)


class RefuseForm(VerbForm):
    """Why not, in words for the client."""

    answer = LongTextField(
        label="Why not?",
        limit=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The client gets these words by mail and reads them on their page: write in their language.",
    )


class CopyForm(VerbForm):
    """Who asked for a copy, and how."""

    because = LineField(
        label="Who asked for it, and how?",
        limit=300,
        help_text="Make sure that it is the person: the copy holds everything. Such as: by mail from the same address.",
    )

    @property
    def intro(self) -> Sequence[str]:
        """What is made."""
        return (
            f"An archive of everything under {address_of(self.obj)} is made, for a week. Every download is noted.",
        )


def address_of(thing: Any) -> str:
    """The address that stands for the person behind a contact, a lead or a request for erasure."""
    if isinstance(thing, Contact):
        return thing.email
    lead = thing.lead if isinstance(thing, ErasureRequest) else thing
    assert isinstance(lead, Lead)
    return lead.contact.email if lead.contact else lead.enquiry.email
