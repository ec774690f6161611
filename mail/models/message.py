"""Every outgoing message is a row before it is a message."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now


class MessageQuerySet(models.QuerySet["Message"]):
    """Which messages are on their way, and which belong together."""

    def unsent(self) -> "MessageQuerySet":
        """Not accepted by a mail server yet, and still meant to be."""
        return self.filter(state__in=UNSENT)

    def gated(self, prefix: str) -> "MessageQuerySet":
        """Those whose gate's name begins so; an app's gates begin with its name and a full stop."""
        return self.exclude(gate="").filter(gate__startswith=prefix)

    def about(self, *references: str) -> "MessageQuerySet":
        """All messages of these leads or proposals, oldest first."""
        return self.filter(reference__in=references).order_by("created_at", "pk")


class Failure(models.TextChoices):
    """Whose fault it is that a message did not leave."""

    LATER = "later", "the server asks to come back later"
    OURS = "ours", "the mail server does not answer us or refuses us"
    ADDRESS = "address", "the address takes no mail"
    TEXT = "text", "the server refuses this mail"


class Arrival(models.TextChoices):
    """What the provider told us of a message that left."""

    DELAYED = "delayed", "delayed"
    DELIVERED = "delivered", "arrived"
    BOUNCED = "bounced", "came back"
    COMPLAINED = "complained", "called spam"


class Message(models.Model):
    """One outgoing mail: what it says, to whom, and how far it got."""

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        SENDING = "sending", "being sent"
        SENT = "sent", "accepted by the mail server"
        UNSURE = "unsure", "perhaps taken: the server went away before it said so"
        REFUSED = "refused", "refused for good"
        FAILED = "failed", "given up"
        HELD = "held", "held: the address takes no mail"
        KEPT = "kept", "kept here: no mail server is set up"
        CANCELLED = "cancelled", "not sent: no longer wanted"

    key = models.CharField(
        max_length=200, unique=True, help_text="The same message asked for twice has the same key."
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    template = models.CharField(max_length=100)
    reference = models.CharField(
        max_length=40, blank=True, db_index=True, help_text="The lead that it is about."
    )
    language = models.CharField(max_length=2)
    to_email = models.EmailField()
    to_name = models.CharField(max_length=200, blank=True)
    words = models.ForeignKey(
        "mail.TemplateText",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        help_text="The version of the template that it was made from; none: what the template came with.",
    )
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    private_url = models.CharField(
        max_length=500,
        blank=True,
        help_text="The reader's private link; emptied once the message has left.",
    )
    has_private_url = models.BooleanField(default=False)
    headers = models.JSONField(
        default=dict,
        blank=True,
        help_text="Further headers by name; PRIVATE_LINK stands for the link.",
    )
    gate = models.CharField(
        max_length=60, blank=True, help_text="What is asked once more before it leaves."
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    failure = models.CharField(
        "whose fault", max_length=10, choices=Failure, blank=True, default=""
    )
    may_be_double = models.BooleanField(
        "may have arrived twice",
        default=False,
        help_text="It went again, under the same Message-ID, because nobody knew whether the first had been taken.",
    )
    is_forced = models.BooleanField(
        default=False,
        help_text="It goes to an address that took no mail: staff let it go, or its client says that it is right.",
    )
    arrival = models.CharField(max_length=10, choices=Arrival, blank=True, default="")
    provider_id = models.CharField(max_length=200, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent_at_exactly_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *("queued", "sending", "unsure", "sent", "refused"),
                        *("failed", "held", "kept", "cancelled"),
                    ]
                ),
                name="message_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(private_url=""),
                name="message_sent_keeps_no_private_url",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
            # What staff look for among millions that arrived.
            models.Index(
                fields=["-created_at", "-id"],
                name="message_in_trouble",
                condition=~Q(state="sent")
                | ~Q(failure="")
                | Q(may_be_double=True)
                | Q(arrival__in=["delayed", "bounced", "complained"]),
            ),
            models.Index(Lower("to_email"), name="message_to"),
            # By which staff filter; a value may be rare.
            models.Index(fields=["template", "-created_at", "-id"], name="message_template_newest"),
            models.Index(fields=["language", "-created_at", "-id"], name="message_language_newest"),
            models.Index(fields=["created_at"], name="message_gated", condition=~Q(gate="")),
            # For how long words are kept: the oldest first, without those that are gone.
            models.Index(
                fields=["created_at", "id"],
                name="message_words",
                condition=~Q(reference="") & ~Q(text=""),
            ),
            models.Index(
                fields=["created_at"],
                name="message_unsent",
                condition=Q(state__in=["queued", "sending", "unsure"]),
            ),
            models.Index(fields=["to_email"], name="message_held", condition=Q(state="held")),
            models.Index(
                fields=["provider_id"], name="message_provider_id", condition=~Q(provider_id="")
            ),
        ]
        permissions = [
            ("resend_message", "Can send a message again, cancel it, or let it go all the same"),
            ("open_private_link", "Can read the private link of a message that is kept here"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to_email}"

    @property
    def is_to_come(self) -> bool:
        """Whether it has not left yet and will, without anybody doing anything."""
        return self.state in UNSENT

    @property
    def is_lost(self) -> bool:
        """Whether its reader does not have it, and will not get it by itself."""
        came_back = self.arrival in (Arrival.BOUNCED, Arrival.COMPLAINED)
        ended = (self.State.REFUSED, self.State.FAILED, self.State.CANCELLED)
        return self.state in ended or (self.state == self.State.SENT and came_back)

    @property
    def may_be_there(self) -> bool:
        """Whether it left, and nobody has told that its reader does not have it."""
        return self.state == self.State.SENT and not self.is_lost


UNSENT = (Message.State.QUEUED, Message.State.SENDING, Message.State.UNSURE)


class Handling(models.Model):
    """What a member of staff did with a message. Written once, never changed."""

    class What(models.TextChoices):
        RESENT = "resent", "sent again"
        FORCED = "forced", "let go to an address that took no mail"
        REDIRECTED = "redirected", "sent to another address"
        CANCELLED = "cancelled", "cancelled"
        LIFTED = "lifted", "the address takes mail again"
        RETURNED = "returned", "it came back"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="handlings")
    what = models.CharField(max_length=10, choices=What)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [pgtrigger.Protect(name="handling_frozen", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return self.get_what_display()
