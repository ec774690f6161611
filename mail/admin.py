"""Outgoing messages in the staff screens: to read, and to send again."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin
from mail import delivery
from mail.models import Message
from mail.outbox import PRIVATE_LINK


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """What left the house, what did not, and why."""

    list_display = ("subject", "to_email", "reference", "state", "attempts", "created_at", "error")
    list_filter = ("state", "template", "language")
    search_fields = ("reference", "to_email", "subject")
    ordering = ("-created_at", "-pk")
    show_full_result_count = False
    actions = ("resend",)
    fields = (
        "subject", "to_name", "to_email", "reference", "state", "attempts", "error",
        "created_at", "sent_at", "readable_text",
    )  # fmt: skip

    @admin.display(description="Text")
    def readable_text(self, message: Message) -> str:
        """The text as the reader gets it; the private link only while it is still kept."""
        text = message.text.replace(PRIVATE_LINK, message.private_url or "[private link, not kept]")
        return format_html('<div style="white-space: pre-wrap">{}</div>', text)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mail.resend_message")

    @admin.action(description="Send again", permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Send each chosen message once more and say for how many that worked."""
        assert isinstance(request.user, User)
        sent = 0
        for message in queryset:
            try:
                delivery.resend_message(message=message, by=request.user)
                sent += 1
            except ValidationError as error:
                self.message_user(request, f"{message}: {error.messages[0]}", messages.WARNING)
        self.message_user(request, f"{sent} message(s) will be sent again.")
