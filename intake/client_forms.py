"""The forms of the client's private page."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import LongTextField
from intake.chosen_files import ChosenFiles
from intake.forms import NEEDS_LIMIT, RequestForm


class AddForm(ChosenFiles, forms.Form):
    """More words or files."""

    use_required_attribute = False

    text = LongTextField(
        label=_("What do you want to add?"),
        limit=NEEDS_LIMIT,
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": "9"}),
    )
    attachments = RequestForm.base_fields["attachments"]
    form_id = forms.Field(required=False, widget=forms.HiddenInput)

    def clean_form_id(self) -> uuid.UUID:
        """That of the page that was sent; a broken one is as good as a new one."""
        try:
            return uuid.UUID(self.cleaned_data["form_id"] or "")
        except ValueError:
            return uuid.uuid4()


class ChangedForm(forms.Form):
    """Says in `changed` which of its fields were changed on the page: one that is old says nothing of the others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True  # so that the page says what it showed

    def clean(self) -> dict[str, Any]:
        """What was typed, and which of it is new."""
        return {**self.cleaned_data, "changed": self.changed_data}


class ContactForm(ChangedForm):
    """How to reach the client."""

    use_required_attribute = False

    full_name = RequestForm.base_fields["full_name"]
    email = RequestForm.base_fields["email"]
    phone = RequestForm.base_fields["phone"]


class NoForm(forms.Form):
    """A button alone."""
