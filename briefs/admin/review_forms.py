"""What the verbs of review ask for before they act."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property

from accounts import time_zones
from accounts.form_fields import EmailField, LineField, LongTextField
from accounts.models import User
from accounts.staff_screens import VerbForm
from briefs import colleagues, comparing, history, reviewing
from briefs.admin import wording
from briefs.models import (
    LONGEST_DAYS,
    Anchor,
    ReviewComment,
    ReviewLink,
    Revision,
    Tlp,
)

_LONG = forms.Textarea(attrs={"rows": 4})
_DAY = forms.DateInput(attrs={"type": "date"})


class SubmitForm(VerbForm):
    """Who is to review it, and by when."""

    assignee = forms.ModelChoiceField(
        label="Reviewer", required=False, queryset=User.objects.none(), empty_label="anybody"
    )
    due_on = forms.DateField(
        label="Due", required=False, widget=_DAY, validators=[time_zones.check_year]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        authors = self.obj.head_revision.authors if self.obj.head_revision else [self.by.pk]
        reviewers = colleagues.who_may("approve_brief").exclude(pk__in=authors)
        self.fields["assignee"].queryset = reviewers  # type: ignore[attr-defined]


class RequestChangesForm(VerbForm):
    """What is to change, by whom and when."""

    reason = forms.CharField(label="What is to change?", max_length=2_000, widget=_LONG)
    assignee = forms.ModelChoiceField(
        label="By whom",
        required=False,
        queryset=User.objects.none(),
        empty_label="whoever submitted it",
    )
    due_on = forms.DateField(
        label="Due", required=False, widget=_DAY, validators=[time_zones.check_year]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = colleagues.who_may("change_brief")  # type: ignore[attr-defined]


class ApproveForm(VerbForm):
    """The standards that the text meets, and which text was read, beside what changed and what is still open."""

    beside = "briefs/admin/_before_approval.html"
    checklist = forms.TypedMultipleChoiceField(
        label="It meets these standards (ICD 203)",
        required=False,
        coerce=int,
        choices=list(reviewing.STANDARDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label="Remark",
        required=False,
        max_length=2_000,
        widget=_LONG,
        help_text="Needed where a standard is not ticked: why the text is fit without it.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.obj.head_revision_id

    def clean(self) -> dict[str, Any] | None:
        """What is not ticked is explained: the record shows a decision, not an oversight."""
        data = super().clean() or {}
        left = [n for n in reviewing.STANDARDS if n not in data.get("checklist", ())]
        if left and not data.get("reason") and "reason" not in self.errors:
            numbers = ", ".join(map(str, left))
            self.add_error("reason", f"Say why it is fit without what is not ticked: {numbers}.")
        return data

    @property
    def intro(self) -> Sequence[str]:
        """Which text it is about, and how many remarks nobody has answered."""
        text = f"You approve {self.obj.head_revision} as it stands now."
        text = f"{text} {wording.remark(self.obj)}"
        if not self.open_comments:
            return (text,)
        number = len(self.open_comments)
        still = "1 comment is" if number == 1 else f"{number} comments are"
        return (
            text,
            f"{still} still open: see above. It is for you to decide.",
        )

    @cached_property
    def open_comments(self) -> list[ReviewComment]:
        """What was said of it and is not resolved."""
        return list(ReviewComment.objects.of(self.obj).open())

    @cached_property
    def base(self) -> Revision | None:
        """What the text is compared with: what readers have, else what was approved last."""
        return self.obj.root.live_revision or history.last_approved(self.obj)

    @cached_property
    def changes(self) -> comparing.TextChanges:
        """How the text differs from that."""
        return comparing.compare(
            self.base.snapshot if self.base else {}, self.obj.head_revision.snapshot
        )


class HandOverForm(VerbForm):
    """Who is to act next, and by when."""

    assignee = forms.ModelChoiceField(
        label="Who is to act next",
        required=False,
        queryset=User.objects.none(),
        empty_label="anybody",
    )
    due_on = forms.DateField(
        label="Due",
        required=False,
        widget=_DAY,
        validators=[time_zones.check_year],
        help_text="A mail reminds on that day and on the next.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = colleagues.who_may("change_brief")  # type: ignore[attr-defined]
        self.fields["assignee"].initial = self.obj.assignee_id
        self.fields["due_on"].initial = self.obj.due_on


class CommentForm(VerbForm):
    """A remark on the text as it stands."""

    anchor = forms.ChoiceField(label="About", choices=Anchor.choices)
    text = LongTextField(
        label="Comment",
        limit=5_000,
        widget=_LONG,
        help_text="Those who work on it are told that there is a comment; its words stay here.",
    )
    form_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_id"].initial = uuid.uuid4()


class OfCommentForm(VerbForm):
    """Which comment."""

    from_address = ("comment",)
    comment = forms.ModelChoiceField(
        label="Comment", queryset=ReviewComment.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].queryset = ReviewComment.objects.of(self.obj)  # type: ignore[attr-defined]


class _DaysForm(VerbForm):
    """For how long a link opens the text."""

    days = forms.IntegerField(
        label="Open for so many days", initial=7, min_value=1, max_value=LONGEST_DAYS
    )
    needs_to_know = forms.BooleanField(
        label="This person belongs to a client and needs to know it (TLP:AMBER)", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.obj.tlp != Tlp.AMBER:
            del self.fields["needs_to_know"]

    @property
    def intro(self) -> Sequence[str]:
        """What happens."""
        text = self.obj.head_revision or "the text"
        return (
            f"A mail with a private link goes out. It shows {text} as readers would see it.",
            f"It is marked {self.obj.get_tlp_display()}; its reader could pass the link on.",
            "What is marked TLP:AMBER+STRICT or TLP:RED is not sent.",
        )


class InviteForm(_DaysForm):
    """Whom to ask for an opinion, outside the house."""

    name = LineField(label="Name", limit=200)
    email = EmailField(label="E-mail", limit=254, max_length=None)
    language = forms.ChoiceField(
        label="Language of the mail and of the page around the text",
        choices=ReviewLink._meta.get_field("language").choices or (),
    )
    field_order = ("name", "email", "language", "days", "needs_to_know")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = self.obj.language


class ReissueForm(_DaysForm):
    """Who gets a new link, to the text as it stands now."""

    from_address = ("link",)
    link = forms.ModelChoiceField(
        label="Reviewer", queryset=ReviewLink.objects.none(), empty_label=None
    )
    field_order = ("link", "days", "needs_to_know")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = ReviewLink.objects.of(self.obj).filter(revoked_at__isnull=True)
        self.fields["link"].queryset = links  # type: ignore[attr-defined]


class RevokeForm(VerbForm):
    """Whose link is closed."""

    from_address = ("link",)
    link = forms.ModelChoiceField(
        label="Reviewer", queryset=ReviewLink.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = ReviewLink.objects.of(self.obj).filter(revoked_at__isnull=True)
        self.fields["link"].queryset = links  # type: ignore[attr-defined]


class RevisionField(forms.ModelChoiceField):
    """Revisions by number, hand and hour."""

    zone = "UTC"

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}: {obj.created_by}, {time_zones.in_both(obj.created_at, self.zone)}"


class RestoreForm(VerbForm):
    """Which earlier text."""

    from_address = ("revision",)
    revision = RevisionField(label="Revision", queryset=Revision.objects.none(), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Revision.objects.filter(brief=self.obj.root_id).select_related("created_by")
        others = others.exclude(pk=history.at_work(self.obj).head_revision_id or 0)
        field = self.fields["revision"]
        assert isinstance(field, RevisionField)
        field.zone = self.by.time_zone
        field.queryset = others.order_by("-number")

    @property
    def intro(self) -> Sequence[str]:
        """What happens to the text, and who may approve it then."""
        where = {
            "published": "Readers keep the live text: the words go into its pending revision.",
            "approved": "It is approved now; it becomes a draft again and needs approval anew.",
        }.get(
            self.obj.status,
            "It takes the place of the text as it stands now, which stays in the list.",
        )
        return (where, "You become one of its authors: somebody else has to approve it.")
