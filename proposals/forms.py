"""What a client fills in to answer a proposal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import text_rules
from proposals import answering


class AcceptForm(forms.Form):
    """Name, role and consent. Rules beyond shape are the verb's."""

    use_required_attribute = False

    full_name = forms.CharField(
        label=_("Your full name"),
        max_length=200,
        error_messages={"required": _("Enter your full name")},
        validators=[text_rules.refuse_hidden_characters, text_rules.refuse_line_breaks],
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    job_title = forms.CharField(
        label=_("Job title"),
        max_length=200,
        required=False,
        validators=[text_rules.refuse_hidden_characters, text_rules.refuse_line_breaks],
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    consent = forms.BooleanField(
        label=answering.CONSENT, error_messages={"required": _("Tick the box if you accept")}
    )
    content_sha256 = forms.Field(required=False, widget=forms.HiddenInput)

    def signature(self) -> answering.Signature:
        """The checked fields."""
        data = self.cleaned_data
        return answering.Signature(
            full_name=data["full_name"],
            job_title=data["job_title"],
            has_consented=data["consent"],
            content_sha256=data["content_sha256"] or "",
        )


class DeclineForm(forms.Form):
    """The reason, if the client wants to give one."""

    reason = forms.CharField(
        label=_("What was the reason?"),
        required=False,
        max_length=5000,
        validators=[text_rules.refuse_hidden_characters],
        widget=forms.Textarea(attrs={"rows": "5"}),
    )
