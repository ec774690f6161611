"""That one member of staff wants somebody's data erased, for another one to carry out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Erasure
from intake.models.lead import Lead
from intake.models.people import Contact


class ErasureOrder(models.Model):
    """What is to be erased, who asked for it and why, and how it ended. That two people did it, `Erasure` holds."""

    class State(models.TextChoices):
        OPEN = "open", "waits for a second person"
        DONE = "done", "erased"
        DROPPED = "dropped", "dropped"

    class Scope(models.TextChoices):
        PERSON = "person", "the person"
        LEAD = "lead", "this request alone"

    # One of the two: a contact, or a request, whose sender may be no contact yet.
    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, null=True, blank=True, related_name="erasure_orders"
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="erasure_orders"
    )
    scope = models.CharField("what", max_length=6, choices=Scope)
    because = models.CharField(max_length=300, help_text="Why, without names.")
    tells = models.BooleanField("the person is told", default=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    erasure = models.ForeignKey(
        Erasure, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )

    class Meta:
        verbose_name = "erasure to do"
        verbose_name_plural = "erasures to do"
        constraints = [
            models.CheckConstraint(
                condition=Q(lead__isnull=False, contact__isnull=True)
                | Q(lead__isnull=True, contact__isnull=False, scope="person"),
                name="erasure_order_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(because=""), name="erasure_order_says_why"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, erasure__isnull=True)
                | Q(state="done", ended_at__isnull=False, erasure__isnull=False)
                | Q(state="dropped", ended_at__isnull=False, erasure__isnull=True),
                name="erasure_order_ended",
            ),
            models.UniqueConstraint(
                fields=["lead", "scope"], condition=Q(state="open"), name="erasure_order_of_lead"
            ),
            models.UniqueConstraint(
                fields=["contact"], condition=Q(state="open"), name="erasure_order_of_contact"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display().capitalize()}, {self.lead or self.contact}"
