"""What a client said or asked by the private link, after the request was sent."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from intake.models.lead import Lead

_FROZEN = pgtrigger.Update | pgtrigger.Delete


class Addition(models.Model):
    """More words, more files, or both. Frozen as the enquiry is."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="additions")
    text = models.TextField(blank=True)
    form_id = models.UUIDField(help_text="The same form sent twice adds once.")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "form_id"], name="addition_once"),
        ]
        triggers = [pgtrigger.Protect(name="addition_frozen", operation=_FROZEN)]

    def __str__(self) -> str:
        return f"Addition of {self.added_at:%Y-%m-%d}"


class ContactCorrection(models.Model):
    """How the client wants to be reached from now on; the newest counts, the enquiry stays as it was sent."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="corrections")
    full_name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(full_name="") & ~Q(email=""), name="correction_complete"
            ),
        ]
        triggers = [pgtrigger.Protect(name="correction_frozen", operation=_FROZEN)]

    def __str__(self) -> str:
        return f"Correction of {self.made_at:%Y-%m-%d}"


class ErasureRequest(models.Model):
    """That a client asked for their data to be erased. A person has to answer it."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="erasure_request")
    asked_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [pgtrigger.Protect(name="erasure_request_frozen", operation=_FROZEN)]

    def __str__(self) -> str:
        return f"Erasure asked on {self.asked_at:%Y-%m-%d}"
