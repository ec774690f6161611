"""The request form: four required fields, the rest optional, and every typed value kept."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.form_fields import EmailField, LineField, LongTextField
from briefs import geography
from intake import consent, render_tokens
from intake.catalogue import Budget, Language, Service, Timeframe
from intake.checked_forms import TEXTS, CheckedForm
from intake.chosen_files import ChosenFiles
from intake.form_fields import (
    MOST_SLUGS,
    AttachmentsField,
    ChoiceField,
    FilesInput,
    MultipleChoiceField,
    SharedFields,
    SlugsField,
    is_slug,
)

NEEDS_LIMIT = 20_000
MOST_OF_SLUG = 200  # letters of a brief's
Words = Any  # text, or a lazy translation of it
Plain = Mapping[str, Any]
_NONE: Plain = MappingProxyType({})


def _line(
    label: Words, missing: Words = "", *, limit: int = 200, hint: Words = "", **attrs: str
) -> LineField:
    return LineField(
        label=label,
        limit=limit,
        required=bool(missing),
        help_text=hint,
        error_messages={"required": missing},
        widget=forms.TextInput(attrs=attrs),
    )


def _choice(label: Words, choices: Any, **attrs: str) -> ChoiceField:
    return ChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=forms.Select(attrs=attrs),
        error_messages={"invalid_choice": _("Choose one from the list.")},
    )


def _choices(label: Words, mistaken: Words, choices: Any) -> MultipleChoiceField:
    return MultipleChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": mistaken},
    )


_NOT_SAID = ("", _("Not said"))


# Once for all requests of a language: naming and sorting 250 countries takes milliseconds.
@cache
def _all_countries(language: str) -> list[tuple[str, str]]:
    pairs = ((code, geography.country_name(code, language)) for code in countries.countries)
    return sorted(pairs, key=lambda pair: geography.name_key(pair[1]))


@cache
def _all_african_countries(language: str) -> list[tuple[str, str]]:
    return geography.country_choices(language)


def _countries() -> list[tuple[str, Words]]:
    return [_NOT_SAID, *_all_countries(get_language() or "en")]


def _african_countries() -> list[tuple[str, str]]:
    return _all_african_countries(get_language() or "en")


_consent_text = lazy(lambda: consent.text_in(get_language() or "en"), str)


class RequestForm(ChosenFiles, forms.Form):
    """What the public page asks. Names are those of the API."""

    use_required_attribute = False

    full_name = _line(
        _("Full name"), _("Enter your full name"), autocomplete="name", spellcheck="false"
    )
    email = EmailField(
        label=_("E-mail"),
        limit=254,
        max_length=None,
        help_text=_("We send the answer here and nothing else."),
        error_messages={
            "required": _("Enter an e-mail address, so that we can answer"),
            "invalid": _("Enter an e-mail address with an @, like name@company.com"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    needs = LongTextField(
        label=_("What do you need?"),
        limit=NEEDS_LIMIT,
        strip=False,
        help_text=_(
            "Places, dates, people or goods that move, and what worries you. Leave out names that should not travel by "
            "web form; write “call me” instead. Up to 20,000 characters."
        ),
        error_messages={"required": _("Tell us what you need; a few words are enough")},
        widget=forms.Textarea(attrs={"rows": "9"}),
    )
    services = _choices(_("Services"), _("Choose services from the list."), Service.choices)
    countries_of_interest = _choices(
        _("Countries that it concerns"), _("Choose countries from the list."), _african_countries
    )
    actors = SlugsField(
        label=_("Groups that it concerns"),
        required=False,
        error_messages={"invalid_choice": _("Choose groups from the list.")},
    )
    timeframe = _choice(_("When do you need it?"), [_NOT_SAID, *Timeframe.choices])
    budget = _choice(_("Budget"), [_NOT_SAID, *Budget.choices])
    organisation = _line(_("Organisation"), autocomplete="organization")
    job_title = _line(_("Job title"), autocomplete="organization-title")
    phone = _line(
        _("Phone"),
        limit=40,
        hint=_("Any format, with the country code"),
        autocomplete="tel",
        type="tel",
    )
    country = _choice(_("Where you are"), _countries, autocomplete="country")
    language = _choice(
        _("Language for our answer"), [("", _("The language of my request")), *Language.choices]
    )
    attachments = AttachmentsField(
        label=_("Files"),
        required=False,
        help_text=_("At most three files of 10 MB: PDF, Word, Excel, pictures or text."),
        # HEIC is taken but not named: only then an iPhone turns its pictures into JPEG, which everybody can open.
        widget=FilesInput(
            attrs={
                "accept": ".pdf,.docx,.doc,.xlsx,.xls,.png,.jpg,.jpeg,.gif,.tif,.tiff,.webp,.txt,.csv"
            }
        ),
    )
    consent = forms.BooleanField(
        label=_consent_text(),
        error_messages={
            "required": _("Tick the box if you agree; without it we may not keep your request")
        },
    )
    # Plain fields: whatever a link or an old page put there must not refuse the request.
    brief = forms.Field(required=False, widget=forms.HiddenInput)
    form_id = forms.Field(required=False, widget=forms.HiddenInput)
    made = forms.Field(required=False, widget=forms.HiddenInput)
    # Nobody sees it, and no browser knows what to fill in; whatever is in it only scores.
    q7 = forms.Field(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "q7-none"}),
    )
    came = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, files: Any = None, *, plain: Plain = _NONE, **options: Any
    ) -> None:
        """A form; `plain` are checked values of fields that need no second look (`intake.plain_forms`)."""
        self._plain = plain
        # The suffix is shown nowhere; Django would translate its own for each form.
        super().__init__(data, files, **{"label_suffix": "", **options})

    @classmethod
    def empty(cls, slug: str = "", came: str = "", **taken_over: Any) -> "RequestForm":
        """A form to fill in, opened from the brief with this slug; signed with when it was made and what led here."""
        form_id = str(uuid.uuid4())
        made = render_tokens.make(form_id, slug)
        return cls(
            initial={"brief": slug, "form_id": form_id, "made": made, "came": came, **taken_over}
        )

    def offer_actors(self, names: dict[str, str]) -> None:
        """Show these actors (slug to name) to choose from, and those that were sent already."""
        sent = self.data.getlist("actors") if isinstance(self.data, QueryDict) else []
        offered = names | {slug: slug for slug in sent if is_slug(slug) and slug not in names}
        if offered:
            field = cast(SlugsField, self.fields["actors"])
            self.fields["actors"] = field.offering(list(offered.items())[:MOST_SLUGS])

    def _clean_fields(self) -> None:
        """Django's, but for its bound fields, which are made for showing and translate their labels each time.

        What a field makes of nothing is known: most of a form is left empty, or is not sent at all.
        """
        of_nothing, unsent, hooked = _of_nothing(), _of_what_is_not_sent(), _hooked()
        data, files = self.data, self.files
        for name, field in self.fields.items():
            if name in self._plain:
                self.cleaned_data[name] = self._plain[name]
                continue
            if name in unsent and name not in data and name not in files:
                self.cleaned_data[name] = unsent[name]
                continue
            try:
                value = self.value_of(name, field.widget)
                known = None if value else of_nothing.get((name, type(value)))
                self.cleaned_data[name] = known[0] if known else field.clean(value)
                if name in hooked:
                    self.cleaned_data[name] = getattr(self, f"clean_{name}")()
            except forms.ValidationError as error:
                self.add_error(name, error)

    def value_of(self, name: str, widget: forms.Widget) -> Any:
        """What the widget of a field reads: most of them the last of what was sent under the name."""
        if type(widget) in _READ_THE_LAST and isinstance(self.data, QueryDict):
            sent: Any = dict.get(self.data, name)
            return sent[-1] if sent else None
        return widget.value_from_datadict(self.data, self.files, name)

    def clean_brief(self) -> str:
        """The slug when it can be one, else none."""
        slug = self.cleaned_data["brief"] or ""
        return slug if is_slug(slug, MOST_OF_SLUG) else ""

    def clean(self) -> dict[str, Any]:
        """The checked fields. A field that came twice is refused, and so is a file in a field of another name: one of
        the two, or the file, would be lost in silence.
        """
        if isinstance(self.data, QueryDict):
            for name, values in self.data.lists():
                if len(values) > 1 and name in _ONCE and len(set(values)) > 1:
                    self.add_error(name, gettext("This came more than once. Write it once."))
        if self.files and {*self.files} - {"attachments"}:
            message = gettext("Choose your files here; they came under a name that we do not know.")
            self.add_error("attachments", message)
        return self.cleaned_data

    @property
    def checked(self) -> CheckedForm:
        """What was checked, of a form in which all is right."""
        return CheckedForm(self.cleaned_data, cast(QueryDict, self.data))


# In place of those that its metaclass has set.
RequestForm.base_fields = SharedFields(RequestForm.base_fields)


@cache
def _of_nothing() -> dict[tuple[str, type], tuple[Any]]:
    """What a field makes of nothing, by its name and the type of nothing, where it takes that."""
    found: dict[tuple[str, type], tuple[Any]] = {}
    nothings: tuple[Any, ...] = ("", None, [])
    for name, field in RequestForm.base_fields.items():
        for nothing in nothings:
            with suppress(forms.ValidationError):
                found[name, type(nothing)] = (field.clean(nothing),)
    return found


@cache
def _of_what_is_not_sent() -> dict[str, Any]:
    """What becomes of a field that was not sent, where it may be; without those that have a method of their own."""
    nothing = RequestForm(QueryDict(), MultiValueDict())
    values = {
        name: (name, type(nothing.value_of(name, field.widget)))
        for name, field in nothing.fields.items()
        if name not in _hooked()
    }
    return {name: _of_nothing()[key][0] for name, key in values.items() if key in _of_nothing()}


@cache
def _hooked() -> frozenset[str]:
    """The fields that have a method of their own, as Django looks for at each field of each form."""
    names = RequestForm.base_fields
    return frozenset(name for name in names if hasattr(RequestForm, f"clean_{name}"))


_READ_THE_LAST = {
    forms.TextInput, forms.EmailInput, forms.Textarea, forms.Select, forms.HiddenInput,
}  # fmt: skip
_ONCE = {*TEXTS, "language", "consent"}
# The folded part of the page.
TYPED_OPTIONAL = (
    "services", "countries_of_interest", "actors", "timeframe", "budget", "organisation", "job_title", "phone",
    "country", "language",
)  # fmt: skip
OPTIONAL = (*TYPED_OPTIONAL, "attachments")
