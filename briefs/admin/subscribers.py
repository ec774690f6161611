"""Readers who asked for mail, in the staff screens: to find one, to end and to suppress, never to edit."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin
from briefs import following, subscribing
from briefs.models import Subscriber, Subscription

_SCOPES = {"countries": "country", "actors": "actor", "topics": "topic", "searches": "q"}
_MAY = "briefs.suppress_subscriber"


class ReasonForm(forms.Form):
    """Why an address is written to no more."""

    reason = forms.CharField(max_length=200, label="Why")


def _end(subscriber: Subscriber, by: User) -> None:
    subscribing.end_subscriptions(subscriber=subscriber, by=by)


def _suppress(subscriber: Subscriber, by: User, reason: str) -> None:
    subscribing.suppress_subscriber(subscriber=subscriber, by=by, reason=reason)


def _lift(subscriber: Subscriber, by: User) -> None:
    subscribing.lift_suppression(subscriber=subscriber, by=by)


def _release(subscriber: Subscriber, by: User) -> None:
    subscribing.release_subscriptions(subscriber=subscriber, by=by)


def _follows(subscriber: Subscriber) -> bool:
    return subscriber.subscriptions.standing().exists()


def _is_suspect(subscriber: Subscriber) -> bool:
    return subscriber.subscriptions.filter(is_suspect=True, state="pending").exists()


SUBSCRIBER_VERBS = (
    Verb("end", "End all subscriptions", _end, _follows, _MAY, "Ended. Queued mail is held back."),
    Verb(
        "suppress", "Suppress the address", _suppress, lambda row: not row.suppressed_at, _MAY,
        "Suppressed: nothing is mailed there.", form_class=ReasonForm,
    ),
    Verb("lift", "Lift the suppression", _lift, lambda row: bool(row.suppressed_at), _MAY, "Lifted."),
    Verb(
        "release", "Mail the link to confirm", _release, _is_suspect, _MAY,
        "Taken for a person: the link is on its way.",
    ),
)  # fmt: skip


class SuppressedFilter(admin.SimpleListFilter):
    """Addresses that are written to, and those that are not."""

    title = "mail"
    parameter_name = "mail"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("suppressed", "suppressed"), ("open", "not suppressed")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Subscriber]
    ) -> QuerySet[Subscriber]:
        if self.value() in ("suppressed", "open"):
            return queryset.filter(suppressed_at__isnull=self.value() == "open")
        return queryset


class SubscriptionInline(TabularInline):
    """What the address follows and followed."""

    model = Subscription
    hide_title = True
    extra = 0
    can_delete = False
    ordering = ("-pk",)
    fields = readonly_fields = (
        *("followed", "frequency", "state", "is_suspect", "created_at", "confirmed_at"),
        "ended_at",
    )

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description="Follows")
    def followed(self, row: Subscription) -> str:
        """What it is about, in English, with the languages it is limited to."""
        languages = f" ({', '.join(row.languages)})" if row.languages else ""
        return following.label_of(row, "en") + languages


@admin.register(Subscriber)
class SubscriberAdmin(VerbAdmin, ReadOnlyAdmin):
    """One address a row."""

    verbs = SUBSCRIBER_VERBS
    list_before_template = "briefs/admin/subscribers.html"
    inlines = (SubscriptionInline,)
    list_display = ("email", "language", "confirmed", "pending", "suppressed_at", "created_at")
    list_filter = (SuppressedFilter, "language", "subscriptions__state", "subscriptions__frequency")
    search_fields = ("email__exact",)
    search_help_text = "The whole address."
    ordering = ("-pk",)
    fields = (
        *("email", "language", "suppressed_at", "suppression_reason", "confirmations_on"),
        *("confirmations", "created_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                confirmed_count=Count(
                    "subscriptions", filter=Q(subscriptions__state="confirmed"), distinct=True
                ),
                pending_count=Count(
                    "subscriptions", filter=Q(subscriptions__state="pending"), distinct=True
                ),
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Subscriber], search_term: str
    ) -> tuple[QuerySet[Subscriber], bool]:
        """Addresses are kept in small letters."""
        return super().get_search_results(request, queryset, search_term.strip().lower())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Above the list: how many follow what."""
        rows = Subscription.objects.confirmed()
        unfiltered = Q(q="", country="", actor="", topic="")
        scopes = {name: ~Q(**{field: ""}) for name, field in _SCOPES.items()}
        scopes["everything"] = unfiltered
        counts = rows.aggregate(
            confirmed=Count("pk"),
            **{name: Count("pk", filter=condition) for name, condition in scopes.items()},
        )
        told = ", ".join(f"{counts[name]} of {name}" for name in scopes)
        context = {"followed": f"{counts['confirmed']} confirmed subscriptions: {told}"}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description="Confirmed")
    def confirmed(self, row: Any) -> int:
        """How many subscriptions it has confirmed."""
        count: int = row.confirmed_count
        return count

    @admin.display(description="Waiting")
    def pending(self, row: Any) -> int:
        """How many wait for its confirmation."""
        count: int = row.pending_count
        return count
