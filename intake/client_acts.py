"""What a client may do about a request: the words of each page, its form, and the verb that it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from intake import after_sending
from intake.client_forms import AddForm, ContactForm, NoForm
from intake.models import Lead


@dataclass(frozen=True)
class Act:
    """Something that a client may do: its page and what it calls."""

    title: Promise
    intro: Promise
    button: Promise
    done: Promise
    form_class: type[forms.Form]
    call: Callable[[Lead, dict[str, Any]], Any]
    is_done: Callable[[Lead], bool]  # whether the database bears out what `done` says
    when_closed: bool = False


ACTS = {
    "add": Act(
        _("Add to your request"),
        _("Your adviser gets a note and reads it here. What you sent before stays as it was."),
        _("Add this"),
        _("It is added, and your adviser is told."),
        AddForm,
        lambda lead, data: after_sending.add_information(
            lead=lead, text=data["text"], files=data["attachments"], form_id=data["form_id"]
        ),
        lambda lead: lead.additions.exists(),
    ),
    "contact": Act(
        _("Correct how we reach you"),
        _("A new e-mail address gets the link to this page."),
        _("Save the correction"),
        _("We use these details from now on."),
        ContactForm,
        lambda lead, data: after_sending.correct_contact(
            lead=lead,
            changed=data["changed"],
            details=after_sending.ContactDetails(data["full_name"], data["email"], data["phone"]),
        ),
        lambda lead: True,  # these details are used, corrected or not
    ),
    "withdraw": Act(
        _("Withdraw your request"),
        _(
            "We stop working on it and tell your adviser. This cannot be undone, but you can send a new request."
        ),
        _("Withdraw the request"),
        _("Your request is withdrawn."),
        NoForm,
        lambda lead, data: after_sending.withdraw_request(lead=lead),
        after_sending.is_withdrawn,
    ),
    "erase": Act(
        _("Ask for erasure"),
        _(
            "A person looks at what we hold about you, erases what the law lets us erase, and tells you by e-mail what "
            "had to stay and why. Nothing is erased at once."
        ),
        _("Ask for erasure"),
        _("We noted that you ask for erasure. A person answers you by e-mail."),
        NoForm,
        lambda lead, data: after_sending.ask_for_erasure(lead=lead),
        lambda lead: hasattr(lead, "erasure_request"),
        when_closed=True,
    ),
}  # fmt: skip
