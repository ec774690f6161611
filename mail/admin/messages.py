"""Outgoing messages in the staff screens: to read, and to do something about those that did not arrive."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import CharField, QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from accounts import hiding
from accounts.erasure_map import ERASED_EMAIL
from accounts.long_lists import LatelyUsedFilter
from accounts.models import User
from accounts.numbers import counted
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin, VerbForm
from mail import addresses, delivery, handling, subjects
from mail.models import Message
from mail.outbox import without_link

State = Message.State
_MAY = "mail.resend_message"
_RESENDABLE = (State.SENT, State.REFUSED, State.FAILED, State.KEPT, State.CANCELLED)
_WAITING = (State.QUEUED, State.UNSURE, State.HELD)


class RedirectForm(VerbForm):
    """Where to instead."""

    from_address = ("to_email",)
    to_email = forms.EmailField(label="Address", max_length=254)

    @property
    def intro(self) -> Sequence[str]:
        """What leaves, who may open what it carries, and what stays as it is."""
        lines = [
            "The same text leaves for this address at once; the message to the old one is cancelled."
        ]
        if self.obj.private_url:
            lines.append(
                "It carries a private link: whoever reads that mailbox can open it. Make sure whose it is."
            )
        return (*lines, "Other mails go where they went before.")


def _redirect(message: Message, by: User, to_email: str) -> str:
    other = handling.redirect_message(message=message, to_email=to_email, by=by)
    return reverse("admin:mail_message_change", args=[other.pk])


def _is_whole(message: Message) -> bool:
    """Whether its words and its private link are still kept."""
    return bool(message.text) and bool(message.private_url or not message.has_private_url)


def _is_marked(message: Message) -> bool:
    return addresses.mark_of(message.to_email) is not None


MESSAGE_VERBS: tuple[Verb, ...] = (
    Verb(
        "resend", "Send again", lambda row, by: handling.resend_message(message=row, by=by),
        lambda row: row.state in _RESENDABLE and _is_whole(row),
        _MAY, "It will be sent again.",
    ),
    Verb(
        "force", "Send all the same", lambda row, by: handling.force_message(message=row, by=by),
        lambda row: row.state == State.HELD, _MAY, "It will be sent to this address once.",
    ),
    Verb(
        "redirect", "Send to another address", _redirect,
        lambda row: row.state in (State.HELD, State.REFUSED, State.FAILED) and bool(row.text),
        _MAY, "It will be sent to that address.", RedirectForm,
    ),
    Verb(
        "lift", "The address takes mail again", lambda row, by: handling.lift_mark(message=row, by=by),
        _is_marked, _MAY, "The mark is lifted; what was held for it is sent.",
    ),
    Verb(
        "return", "It came back", lambda row, by: handling.note_return(message=row, by=by),
        lambda row: row.may_be_there and row.to_email != ERASED_EMAIL,
        _MAY, "Noted; its address is marked, and what else is for it waits.",
    ),
    Verb(
        "cancel", "Cancel", lambda row, by: handling.cancel_message(message=row, by=by),
        lambda row: row.state in _WAITING, _MAY, "It will not be sent.",
    ),
)  # fmt: skip


@admin.register(Message)
class MessageAdmin(VerbAdmin, ReadOnlyAdmin):
    """What left the house, what did not, and why."""

    verbs = MESSAGE_VERBS
    change_form_outer_before_template = "mail/admin/message.html"
    list_display = ("subject", "to_email", "about", "state_name", "why", "created_at")
    list_filter = (
        *("state", "failure", "arrival", "may_be_double"),
        ("template", LatelyUsedFilter),
        ("language", LatelyUsedFilter),
    )
    search_fields = ("reference", "to_email")
    search_help_text = "A reference or its beginning, or a whole address."
    ordering = ("-created_at", "-pk")
    sortable_by = ("created_at",)
    actions = ("resend", "cancel")
    fields = (
        *("subject", "to_name", "to_email", "about", "template", "words", "language"),
        *("state", "failure", "error", "arrival", "may_be_double", "attempts"),
        *("created_at", "sent_at", "readable_text"),
    )
    readonly_fields = ("about", "readable_text")
    list_select_related = ()

    def get_urls(self) -> list[URLPattern]:
        """The way to what a message is about, besides the usual."""
        view = self.admin_site.admin_view(self.subject_view)
        page = path("about/<str:reference>/", view, name="mail_message_subject")
        return [page, *super().get_urls()]

    def subject_view(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Lead on to the page that a reference names; asked when somebody follows it, so that a list asks nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        address = subjects.page_of(request.user, reference)
        if not address:
            raise Http404
        return HttpResponseRedirect(address)

    @admin.display(description="Reference")
    def about(self, message: Message) -> str:
        """The reference, as a link where it names a page."""
        if not subjects.is_known(message.reference):
            return message.reference
        address = reverse("admin:mail_message_subject", args=[message.reference])
        return format_html('<a class="staff-link" href="{}">{}</a>', address, message.reference)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """By the index of references or that of addresses."""
        typed = search_term.replace("\0", "").strip()
        if "@" in typed:
            to = Lower("to_email", output_field=CharField())
            return queryset.annotate(asked=to).filter(asked=typed.lower()), False
        return queryset.filter(reference__startswith=typed.upper()) if typed else queryset, False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Without what names something that the reader is walled from, or went to who asked for it."""
        hidden = hiding.hidden_in(request)
        rows = super().get_queryset(request)
        if not hidden:
            return rows
        named = hidden.named_in("reference", "subject", "text")
        to = Lower("to_email", output_field=CharField())
        return rows.exclude(named).annotate(to=to).exclude(to__in=sorted(hidden.addresses))

    @display(
        description="State",
        ordering="state",
        label={
            "sent": "success",
            "refused": "danger",
            "failed": "danger",
            "held": "warning",
            "unsure": "warning",
        },
    )
    def state_name(self, message: Message) -> tuple[str, str]:
        """The state in a word; what is wrong stands out."""
        return message.state, State(message.state).value

    @admin.display(description="Why")
    def why(self, message: Message) -> str:
        """What went wrong, what the provider told us, and whether it may be there twice."""
        said = [message.error, message.get_arrival_display()]
        said += ["perhaps twice"] if message.may_be_double else []
        return " · ".join(part for part in said if part)

    @admin.display(description="Text")
    def readable_text(self, message: Message) -> str:
        """The text as the reader gets it, without the private link."""
        return format_html(
            '<div style="white-space: pre-wrap" dir="auto">{}</div>', without_link(message.text)
        )

    def page_context(self, request: HttpRequest, obj: Message) -> dict[str, Any]:
        """What came of it, who did what, and the link of what no mail server carries, for those who may hand it on."""
        may_open = request.user.has_perm("mail.open_private_link")
        return {
            "message": obj,
            "mark": addresses.mark_of(obj.to_email),
            "events": obj.events.order_by("-happened_at", "-pk"),
            "handlings": obj.handlings.select_related("by").order_by("-at", "-pk"),
            "link": obj.private_url if may_open and obj.state == State.KEPT else "",
            "keeps_link": bool(obj.private_url),
        }

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Say first of all when no mail leaves."""
        waiting = delivery.waiting_for_the_server()
        if waiting and request.method == "GET":
            them = counted(waiting, "message waits", "messages wait")
            text = f"{them}: the mail server does not answer us, or refuses us. Look at EMAIL_URL."
            self.message_user(request, text, messages.ERROR)
        return super().changelist_view(request, extra_context)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(_MAY)

    @admin.action(description="Send again", permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Send each chosen message once more and say for how many that worked."""
        self._each(request, queryset, handling.resend_message, "will be sent again")

    @admin.action(description="Cancel", permissions=["resend"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Cancel each chosen message that waits and say for how many that worked."""
        self._each(request, queryset, handling.cancel_message, "will not be sent")

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Message], verb: Any, said: str
    ) -> None:
        assert isinstance(request.user, User)
        done = 0
        for message in queryset:
            try:
                verb(message=message, by=request.user)
                done += 1
            except ValidationError as error:
                self.message_user(request, f"{message}: {error.messages[0]}", messages.WARNING)
        self.message_user(request, f"{counted(done, 'message')} {said}.")
