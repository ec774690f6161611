"""What staff may do about somebody's data, as buttons: erase, refuse to, make a copy."""

from typing import Any

from django.urls import reverse

from accounts import erasure_map
from accounts.models import User
from accounts.staff_screens import Verb
from intake import erasing, exporting
from intake.admin import erasure_orders
from intake.admin.erasure_forms import (
    CopyForm,
    EraseForm,
    ErasePersonForm,
    RefuseForm,
    address_of,
)
from intake.models import (
    Contact,
    ErasureRequest,
    Lead,
)

_ERASE, COPY = "accounts.erase_person", "accounts.export_person"


def _refuse(request: ErasureRequest, by: User, answer: str) -> None:
    erasing.refuse_erasure(request=request, by=by, answer=answer)


def _copy(thing: Any, by: User, because: str) -> str:
    copy = exporting.ask_for_copy(address=address_of(thing), because=because, by=by)
    return reverse("admin:intake_datacopy_change", args=[copy.pk])


def _is_there(thing: Lead) -> bool:
    return thing.erased_at is None


def _is_known(contact: Contact) -> bool:
    return not erasure_map.is_erased_key(contact.email_key, contact.pk)


def is_open(request: ErasureRequest) -> bool:
    return request.state == ErasureRequest.State.OPEN


# Not among the buttons of daily work: they stand in a card of their own.
LEAD_VERBS = (
    Verb(
        "erase",
        "Erase this request…",
        erasure_orders.ask_for_lead,
        _is_there,
        _ERASE,
        erasure_orders.ASKED,
        EraseForm,
        is_listed=False,
    ),
    Verb(
        "erase-person",
        "Erase the person…",
        erasure_orders.ask_for_person,
        _is_there,
        _ERASE,
        erasure_orders.ASKED,
        ErasePersonForm,
        is_listed=False,
    ),
    Verb(
        "copy",
        "Copy of their data",
        _copy,
        _is_there,
        COPY,
        "It is being made.",
        CopyForm,
        is_listed=False,
    ),
)


CONTACT_VERBS = (
    Verb(
        "erase",
        "Erase this person…",
        erasure_orders.ask_for_person,
        _is_known,
        _ERASE,
        erasure_orders.ASKED,
        ErasePersonForm,
    ),
    Verb("copy", "Copy of their data", _copy, _is_known, COPY, "It is being made.", CopyForm),
)


REQUEST_VERBS = (
    Verb(
        "erase",
        "Erase the person…",
        erasure_orders.ask_for_person,
        is_open,
        _ERASE,
        erasure_orders.ASKED,
        ErasePersonForm,
        is_main=True,
    ),
    Verb("refuse", "Refuse", _refuse, is_open, _ERASE, "The client is told why.", RefuseForm),
)
