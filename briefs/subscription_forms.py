"""The form by which a reader asks for mail."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import EmailField
from briefs.models import Frequency


class SubscribeForm(forms.Form):
    """An address, how often and in which languages; what is followed comes along hidden, as a list's filters."""

    use_required_attribute = False

    email = EmailField(
        label=_("E-mail"),
        limit=254,
        max_length=None,
        error_messages={
            "required": _("Enter the e-mail address that the briefs shall go to"),
            "invalid": _("Enter an e-mail address with an @, like name@company.com"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=Frequency,
        initial=Frequency.IMMEDIATE,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how often"),
            "invalid_choice": _("Choose how often"),
        },
    )
    languages = forms.MultipleChoiceField(
        label=_("Only briefs written in"),
        help_text=_("Choose none for all languages."),
        required=False,
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose languages from the list")},
    )
    mail_language = forms.ChoiceField(
        label=_("Language of our mails"),
        choices=settings.LANGUAGES,
        error_messages={
            "required": _("Choose a language"),
            "invalid_choice": _("Choose a language"),
        },
    )
    # No person sees it; what fills in every field gives itself away.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def is_filled_by_machine(self) -> bool:
        """Whether the field that no person sees holds something."""
        return bool(self.data.get("website"))

    def clean_website(self) -> str:
        """Never an error: it says something of the sender, not of the form."""
        return ""

    def chosen(self) -> dict[str, Any]:
        """What the verb takes, beside what is followed."""
        data = self.cleaned_data
        return {
            "email": data["email"],
            "frequency": data["frequency"],
            "language": data["mail_language"],
            "languages": data["languages"],
        }
