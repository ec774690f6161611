"""What the verbs of briefs ask for before they act."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import time_zones
from accounts.models import User
from accounts.staff_screens import VerbForm
from briefs.models import Brief, CorrectionKind, Outcome

_LONG = forms.Textarea(attrs={"rows": 4})
_DAY = forms.DateInput(attrs={"type": "date"})
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ConfirmPublication(VerbForm):
    """A last look before readers see it."""

    @property
    def intro(self) -> Sequence[str]:
        """What happens."""
        return (
            "Readers see it at once, on the pages, in search, feeds and the API; subscribers are told by mail.",
            "A published brief is corrected or withdrawn, never deleted.",
        )


class MomentForm(VerbForm):
    """A moment in the time zone of whoever sets it; UTC is said beside."""

    zone = forms.ChoiceField(label="Time zone", choices=time_zones.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].initial = self.by.time_zone
        for name in self.moments:
            self.fields[name].initial = self._local(getattr(self.obj, name))

    moments: Sequence[str] = ()

    @property
    def intro(self) -> Sequence[str]:
        """What time it is, and what is set, here and in UTC."""
        zone = self.by.time_zone
        set_now = [
            f"{self.fields[name].label}, as it stands: {time_zones.in_both(moment, zone)}."
            for name in self.moments
            if (moment := getattr(self.obj, name))
        ]
        return (f"It is now {time_zones.in_both(timezone.now(), zone)}.", *set_now)

    def clean(self) -> dict[str, Any] | None:
        """Read the moments in the zone chosen, which is kept for the next time."""
        data = super().clean()
        if data is None or "zone" not in data:
            return data
        self.by.time_zone = data.pop("zone")
        User.objects.filter(pk=self.by.pk).update(time_zone=self.by.time_zone)
        for name in self.moments:
            if data.get(name):
                data[name] = self._moment(name, data[name])
        return data

    def _local(self, moment: datetime | None) -> datetime | None:
        return moment and moment.astimezone(ZoneInfo(self.by.time_zone)).replace(tzinfo=None)

    def _moment(self, name: str, typed: datetime) -> datetime | None:
        """The moment meant; None with an error beside the field where the clocks change."""
        try:
            return time_zones.moment_of(typed, self.by.time_zone)
        except ValidationError as error:
            self.add_error(name, error)
            return None


class NaiveMomentField(forms.DateTimeField):
    """A date and hour as typed, of no zone yet; MomentForm gives it one."""

    widget = _MOMENT

    def to_python(self, value: Any) -> datetime | None:
        """The moment without a zone."""
        moment = forms.DateTimeField.to_python(self, value)
        return moment and timezone.make_naive(moment, timezone.get_current_timezone())


class ScheduleForm(MomentForm):
    """When readers see it, and until when."""

    moments = ("published_at", "expires_at")
    published_at = NaiveMomentField(label="Readers see it from")
    expires_at = NaiveMomentField(label="until", required=False, help_text="Empty: it stays.")
    field_order = ("published_at", "expires_at", "zone")

    def clean(self) -> dict[str, Any] | None:
        """Refuse what is past: that is publishing now."""
        data = super().clean()
        moment = data and data.get("published_at")
        if moment and moment <= timezone.now():
            self.add_error(
                "published_at", f"{time_zones.in_both(moment, self.by.time_zone)} is past."
            )
        return data


class ExpiryForm(MomentForm):
    """Until when readers see it."""

    moments = ("expires_at",)
    expires_at = NaiveMomentField(
        label="Readers see it until", required=False, help_text="Empty: it stays."
    )
    field_order = ("expires_at", "zone")


class PublishRevisionForm(VerbForm):
    """What readers are told of the change."""

    kind = forms.ChoiceField(
        label="What sort of change is it?",
        required=False,
        choices=[("", "a slip of the pen: readers are told nothing"), *CorrectionKind.choices],
    )
    text = forms.CharField(
        label="What was wrong, or is new",
        required=False,
        max_length=600,
        widget=_LONG,
        help_text="Printed on the brief, with the date. It cannot be deleted.",
    )

    def clean(self) -> dict[str, Any] | None:
        """A correction has a text, and a text a kind."""
        data = super().clean()
        if data is not None and bool(data.get("kind")) != bool(data.get("text")):
            raise ValidationError("Give both the kind and the text, or neither.")
        return data


class CorrectForm(VerbForm):
    """A notice for readers; the text stays as it is."""

    kind = forms.ChoiceField(label="Kind", choices=CorrectionKind.choices)
    text = forms.CharField(
        label="What readers should know",
        max_length=600,
        widget=_LONG,
        help_text="Printed on the brief, with the date. It cannot be deleted.",
    )


class WithdrawForm(VerbForm):
    """Why, for the readers."""

    reason = forms.CharField(
        label="Why, for the readers",
        max_length=600,
        widget=_LONG,
        help_text="The page keeps its address and shows this in place of the text, for good.",
    )


class ConfirmArchive(VerbForm):
    """A last look before readers lose it."""

    @property
    def intro(self) -> Sequence[str]:
        """What happens."""
        return ("Readers no longer find it. If the text was wrong, withdraw it with a reason.",)


class ConfirmDiscard(VerbForm):
    """A last look before a revision goes."""

    @property
    def intro(self) -> Sequence[str]:
        """What happens."""
        return (
            "The live text stays as it is. What was saved here remains in the list of revisions.",
        )


class SupersedeForm(VerbForm):
    """Which brief takes its place."""

    successor = forms.ModelChoiceField(
        label="Superseded by",
        required=False,
        queryset=Brief.objects.none(),
        empty_label="none: it stands by itself",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Brief.objects.public().exclude(pk=self.obj.pk).newest()
        # The newest of its language: a successor is written after what it replaces.
        near = others.in_language(self.obj.language)[:200]
        self.fields["successor"].queryset = Brief.objects.filter(  # type: ignore[attr-defined]
            pk__in=[brief.pk for brief in near]
        ).newest()
        self.fields["successor"].initial = self.obj.superseded_by_id


class AddressForm(VerbForm):
    """Where it stands."""

    slug = forms.SlugField(
        label="Address", max_length=120, help_text="The old address leads on to the new one."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].initial = self.obj.slug


class EmergencyForm(VerbForm):
    """Why nobody can be asked."""

    emergency_reason = forms.CharField(
        label="Why without approval?", max_length=2_000, widget=_LONG
    )

    @property
    def intro(self) -> Sequence[str]:
        """What it means."""
        return ("It goes out without a second pair of eyes. Your name and reason stay on record.",)


class TranslateForm(VerbForm):
    """Into which language."""

    language = forms.ChoiceField(label="Language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = Brief.objects.filter(
            translation_key=self.obj.translation_key, revises__isnull=True
        ).values_list("language", flat=True)
        known = Brief._meta.get_field("language").choices or ()
        left = [choice for choice in known if choice[0] not in set(taken)]
        self.fields["language"].choices = left  # type: ignore[attr-defined]


class ResolveForm(VerbForm):
    """What came of a judgement."""

    outcome = forms.ChoiceField(
        label="What came of it", choices=[c for c in Outcome.choices if c[0] != "open"]
    )
    note = forms.CharField(label="What shows it", max_length=600, widget=_LONG)
    evidence = forms.CharField(
        label="Brief that shows it",
        required=False,
        help_text="Its reference, such as DR-2026-0142; empty when none does.",
    )

    def clean_evidence(self) -> Brief | None:
        """The brief with that reference, which readers can see."""
        reference = self.cleaned_data["evidence"].strip()
        if not reference:
            return None
        brief = Brief.objects.public().filter(reference__iexact=reference).first()
        if brief is None:
            raise ValidationError("No brief that readers can see has this reference.")
        return brief
