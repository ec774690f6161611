"""The request form: four required fields, the rest optional, and every typed value kept."""

import uuid
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, slug_re
from django_countries import countries

from briefs import geography
from intake import attachments, consent, text_rules
from intake.catalogue import Budget, Language, Service, Timeframe
from intake.submission import EnquiryContent

NEEDS_LIMIT = 20_000
_HIDDEN = text_rules.refuse_hidden_characters
_ONE_LINE = [_HIDDEN, text_rules.refuse_line_breaks]


class _Limit(MaxLengthValidator):
    """Says by how much a text is too long; the page never cuts what was typed."""

    message = "Shorten this to %(limit_value)d characters or fewer; it has %(show_value)d now."


def _line(label: str, missing: str = "", *, limit: int = 200, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(missing),
        error_messages={"required": missing},
        validators=[*_ONE_LINE, _Limit(limit)],
        widget=forms.TextInput(attrs=attrs),
    )


def _choice(label: str, choices: Any, empty: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", empty), *choices],
        error_messages={"invalid_choice": "Choose one from the list."},
    )


class FilesInput(forms.FileInput):
    """Django's file input with leave to choose several."""

    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """Several files, checked together."""

    def clean(self, data: Any, initial: Any = None) -> tuple[attachments.Upload, ...]:
        files = data if isinstance(data, list | tuple) else [data]
        return attachments.check_uploads([file for file in files if file])


class RequestForm(forms.Form):
    """What the public page asks. Names are those of the API."""

    use_required_attribute = False

    full_name = _line("Full name", "Enter your full name", autocomplete="name", spellcheck="false")
    email = forms.EmailField(
        label="E-mail",
        max_length=None,
        error_messages={
            "required": "Enter an e-mail address, so that we can answer",
            "invalid": "Enter an e-mail address with an @, like name@company.com",
        },
        validators=[*_ONE_LINE, _Limit(254), text_rules.refuse_unusual_email],
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    needs = forms.CharField(
        label="What do you need?",
        strip=False,
        error_messages={"required": "Tell us what you need; a few words are enough"},
        validators=[_HIDDEN, _Limit(NEEDS_LIMIT)],
        widget=forms.Textarea(attrs={"rows": "9"}),
    )
    services = forms.MultipleChoiceField(
        label="Services",
        required=False,
        choices=Service.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose services from the list."},
    )
    countries_of_interest = forms.MultipleChoiceField(
        label="Countries that it concerns",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose countries from the list."},
    )
    timeframe = _choice("When do you need it?", Timeframe.choices, "Not said")
    budget = _choice("Budget", Budget.choices, "Not said")
    organisation = _line("Organisation", autocomplete="organization")
    job_title = _line("Job title", autocomplete="organization-title")
    phone = _line("Phone", limit=40, autocomplete="tel", type="tel")
    country = _choice("Where you are", [], "Not said")
    language = forms.ChoiceField(
        label="Language for our answer",
        required=False,
        choices=Language.choices,
        error_messages={"invalid_choice": "Choose one from the list."},
    )
    attachments = AttachmentsField(
        label="Files",
        required=False,
        widget=FilesInput(attrs={"accept": ".pdf,.docx,.xlsx,.png,.jpg,.jpeg,.txt,.csv"}),
    )
    consent = forms.BooleanField(
        label=consent.TEXT,
        error_messages={
            "required": "Tick the box if you agree; without it we may not keep your request"
        },
    )
    # Plain fields: whatever a link or an old page put there must not refuse the request.
    brief = forms.Field(required=False, widget=forms.HiddenInput)
    form_id = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "Not said"), *countries]  # type: ignore[attr-defined]
        self.fields["country"].widget.attrs["autocomplete"] = "country"
        african = geography.country_choices("en")
        self.fields["countries_of_interest"].choices = african  # type: ignore[attr-defined]

    def clean_needs(self) -> str:
        """The text with the line breaks that the person typed; browsers send each as two characters."""
        needs: str = self.cleaned_data["needs"].replace("\r\n", "\n")
        if not needs.strip():
            raise forms.ValidationError(
                self.fields["needs"].error_messages["required"], code="required"
            )
        return needs

    def clean_brief(self) -> str:
        """The slug when it can be one, else none."""
        slug = self.cleaned_data["brief"] or ""
        return slug if len(slug) <= 200 and slug_re.fullmatch(slug) else ""

    def content(self) -> EnquiryContent:
        """The checked fields; an unknown brief was let through, since the request counts without it."""
        data = self.cleaned_data
        return EnquiryContent(
            **{name: data[name] for name in _TEXTS},
            language=data["language"] or Language.ENGLISH,
            services=tuple(data["services"]),
            countries_of_interest=tuple(data["countries_of_interest"]),
            brief=data["brief"],
            attachments=data["attachments"],
        )

    def idempotency_key(self) -> str | None:
        """The same filled form sent twice has the same key; changed and sent again it is another request."""
        form_id = self.cleaned_data["form_id"] or ""
        try:
            return f"form:{uuid.UUID(form_id)}:{self.content().digest()}"
        except ValueError:
            return None


_TEXTS = (
    "full_name", "email", "needs", "organisation", "job_title", "phone", "country", "timeframe", "budget",
)  # fmt: skip
OPTIONAL = (
    "services", "countries_of_interest", "timeframe", "budget", "organisation", "job_title", "phone", "country",
)  # fmt: skip
