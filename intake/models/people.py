"""Who the clients are: the people, and the organisations that they speak for."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Organisation(models.Model):
    """A company, agency or charity that asks for help."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(
        max_length=200, unique=True, editable=False, help_text="The name, normalised."
    )
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person, known by e-mail address."""

    full_name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    email_key = models.CharField(
        max_length=254,
        unique=True,
        editable=False,
        help_text="The address, normalised.",
    )
    phone = models.CharField(max_length=40, blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(email_key=""), name="contact_has_email"),
        ]

    def __str__(self) -> str:
        return self.full_name
