"""The request form: four required fields, the rest optional, and every typed value kept."""

import uuid
from functools import cache
from typing import Any

from django import forms
from django.core.validators import slug_re
from django.utils import translation
from django_countries import countries

from accounts.form_fields import EmailField, LineField, LongTextField
from briefs import geography
from intake import consent
from intake.catalogue import Budget, Language, Service, Timeframe
from intake.form_fields import AttachmentsField, FilesInput, Select
from intake.submission import EnquiryContent

NEEDS_LIMIT = 20_000


def _line(
    label: str, missing: str = "", *, limit: int = 200, hint: str = "", **attrs: str
) -> LineField:
    return LineField(
        label=label,
        limit=limit,
        required=bool(missing),
        help_text=hint,
        error_messages={"required": missing},
        widget=forms.TextInput(attrs=attrs),
    )


def _choice(label: str, choices: Any, **attrs: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=Select(attrs=attrs),
        error_messages={"invalid_choice": "Choose one from the list."},
    )


def _choices(label: str, things: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": f"Choose {things} from the list."},
    )


_NOT_SAID = ("", "Not said")


# Both once for all requests: sorting and naming 250 countries takes milliseconds.
@cache
def _countries() -> list[tuple[str, str]]:
    with translation.override("en"):
        return [_NOT_SAID, *((code, str(name)) for code, name in countries)]


@cache
def _african_countries() -> list[tuple[str, str]]:
    return geography.country_choices("en")


class RequestForm(forms.Form):
    """What the public page asks. Names are those of the API."""

    use_required_attribute = False

    full_name = _line("Full name", "Enter your full name", autocomplete="name", spellcheck="false")
    email = EmailField(
        label="E-mail",
        limit=254,
        max_length=None,
        help_text="We send the answer here and nothing else.",
        error_messages={
            "required": "Enter an e-mail address, so that we can answer",
            "invalid": "Enter an e-mail address with an @, like name@company.com",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    needs = LongTextField(
        label="What do you need?",
        limit=NEEDS_LIMIT,
        strip=False,
        help_text="Places, dates, people or goods that move, and what worries you. Leave out names that should not "
        "travel by web form; write “call me” instead. Up to 20,000 characters.",
        error_messages={"required": "Tell us what you need; a few words are enough"},
        widget=forms.Textarea(attrs={"rows": "9"}),
    )
    services = _choices("Services", "services", Service.choices)
    countries_of_interest = _choices("Countries that it concerns", "countries", _african_countries)
    timeframe = _choice("When do you need it?", [_NOT_SAID, *Timeframe.choices])
    budget = _choice("Budget", [_NOT_SAID, *Budget.choices])
    organisation = _line("Organisation", autocomplete="organization")
    job_title = _line("Job title", autocomplete="organization-title")
    phone = _line(
        "Phone",
        limit=40,
        hint="Any format, with the country code",
        autocomplete="tel",
        type="tel",
    )
    country = _choice("Where you are", _countries, autocomplete="country")
    language = _choice(
        "Language for our answer", [("", "The language of my request"), *Language.choices]
    )
    attachments = AttachmentsField(
        label="Files",
        required=False,
        help_text="At most three files of 10 MB: PDF, Word, Excel, pictures or text. "
        "After an error, choose them again.",
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

    def clean_brief(self) -> str:
        """The slug when it can be one, else none."""
        slug = self.cleaned_data["brief"] or ""
        return slug if len(slug) <= 200 and slug_re.fullmatch(slug) else ""

    def content(self) -> EnquiryContent:
        """The checked fields; an unknown brief was let through, since the request counts without it."""
        data = self.cleaned_data
        return EnquiryContent(
            **{name: data[name] for name in _TEXTS},
            language=data["language"],
            services=tuple(dict.fromkeys(data["services"])),
            countries_of_interest=tuple(dict.fromkeys(data["countries_of_interest"])),
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
# The folded part of the page.
TYPED_OPTIONAL = (
    "services", "countries_of_interest", "timeframe", "budget", "organisation", "job_title", "phone", "country",
    "language",
)  # fmt: skip
OPTIONAL = (*TYPED_OPTIONAL, "attachments")
