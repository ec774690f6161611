"""What the virus scanner said of a file."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.erasure_door import frozen, never_truncated
from intake.models.enquiry import Attachment


class AttachmentScan(models.Model):
    """One verdict on one file. Frozen; a file that was found infected stays held back."""

    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="scan")
    is_clean = models.BooleanField()
    signature = models.CharField(max_length=200, blank=True, help_text="What was found.")
    scanned_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_clean=True, signature="") | (Q(is_clean=False) & ~Q(signature="")),
                name="scan_names_what_it_found",
            ),
        ]
        triggers = [
            frozen("intake_attachmentscan", "scan_frozen"),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return "clean" if self.is_clean else self.signature
