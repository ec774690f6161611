"""What a reviewer from outside fills in."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import LongTextField
from briefs.models import Anchor, Verdict

_LONGEST = 5_000


class _OnceForm(forms.Form):
    """A form that says the same once, however often it is sent."""

    use_required_attribute = False
    # A plain field: whatever stands there must not refuse the words.
    form_id = forms.Field(required=False, widget=forms.HiddenInput)

    def clean_form_id(self) -> uuid.UUID | None:
        """Which form it was; None when it does not say."""
        try:
            return uuid.UUID(self.cleaned_data["form_id"] or "")
        except ValueError:
            return None


class CommentForm(_OnceForm):
    """A remark, and which part of the text it is about."""

    anchor = forms.ChoiceField(
        label=_("Which part is it about?"),
        choices=Anchor.choices,
        error_messages={"invalid_choice": _("Choose one from the list.")},
    )
    text = LongTextField(
        label=_("Your comment"),
        limit=_LONGEST,
        widget=forms.Textarea(attrs={"rows": "5", "dir": "auto"}),
        error_messages={"required": _("Write what you have to say.")},
    )


class VerdictForm(_OnceForm):
    """Whether the text may stand, and what should change if not."""

    verdict = forms.ChoiceField(
        label=_("What do you think of the text?"),
        choices=[
            (Verdict.AGREES, _("I agree with the text")),
            (Verdict.WANTS_CHANGES, _("I want changes")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the two."),
            "invalid_choice": _("Choose one of the two."),
        },
    )
    text = LongTextField(
        label=_("In your words"),
        limit=_LONGEST,
        required=False,
        help_text=_("If you want changes and have not said which, say it here."),
        widget=forms.Textarea(attrs={"rows": "4", "dir": "auto"}),
    )


def empty_forms() -> dict[str, Any]:
    """Both forms with nothing in them, by the name of the part that they send."""
    return {"comment": _empty(CommentForm, "comment"), "verdict": _empty(VerdictForm, "verdict")}


def _empty(form: type[_OnceForm], prefix: str) -> _OnceForm:
    return form(initial={"form_id": str(uuid.uuid4())}, prefix=prefix)


FORMS: dict[str, type[_OnceForm]] = {"comment": CommentForm, "verdict": VerdictForm}
