"""What exists of a version once it was sent: its document, the client's link, the client's answer."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.erasure_door import frozen, never_truncated
from proposals.models.version import ProposalVersion


class Document(models.Model):
    """The PDF of a sent version, byte for byte."""

    version = models.OneToOneField(
        ProposalVersion, on_delete=models.PROTECT, related_name="document"
    )
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    engine = models.CharField(max_length=200, help_text="What rendered it.")
    rendered_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [frozen("proposals_document", "document_frozen"), never_truncated()]

    def __str__(self) -> str:
        return f"PDF of {self.version}"


class ClientLink(models.Model):
    """The private link of one recipient to one version. Only a digest of its token is kept."""

    version = models.ForeignKey(ProposalVersion, on_delete=models.PROTECT, related_name="links")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.version}"


class Acceptance(models.Model):
    """The client's yes: who, to what exactly, when."""

    version = models.OneToOneField(
        ProposalVersion, on_delete=models.PROTECT, related_name="acceptance"
    )
    link = models.ForeignKey(ClientLink, on_delete=models.PROTECT, related_name="acceptances")
    full_name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    consent_text = models.TextField(help_text="What the client agreed to, word for word.")
    content_sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64)
    accepted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(full_name="") & ~Q(consent_text=""), name="acceptance_signed"
            ),
        ]
        triggers = [frozen("proposals_acceptance", "acceptance_frozen"), never_truncated()]

    def __str__(self) -> str:
        return f"{self.full_name} accepted {self.version}"


class Decline(models.Model):
    """The client's no, with the reason if one was given."""

    version = models.OneToOneField(
        ProposalVersion, on_delete=models.PROTECT, related_name="decline"
    )
    link = models.ForeignKey(ClientLink, on_delete=models.PROTECT, related_name="declines")
    reason = models.TextField(blank=True)
    declined_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [frozen("proposals_decline", "decline_frozen"), never_truncated()]

    def __str__(self) -> str:
        return f"{self.version} declined"
