"""Staff users, who log in by e-mail, and the proof of what was erased."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from accounts import time_zones
from accounts.erasure_door import never_truncated


class UserManager(BaseUserManager["User"]):
    """Makes users and finds them by e-mail, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a user with a hashed password; no password means one that never matches."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a user who may do everything, as `manage.py createsuperuser` asks."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this e-mail in any case; raises User.DoesNotExist."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A member of the house."""

    email = models.EmailField("e-mail", unique=True)
    full_name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(
        max_length=40,
        default="UTC",
        choices=time_zones.choices,
        help_text="In which the staff screens ask this person for hours.",
    )
    is_staff = models.BooleanField("may open the staff screens", default=True)
    is_active = models.BooleanField("may log in", default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_any_case",
                violation_error_message="Another user logs in with this e-mail.",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        """Whom the side bar shows as logged in."""
        return self.full_name

    def get_short_name(self) -> str:
        """What the staff screens call the person."""
        return self.full_name.split(" ")[0] or self.email


class Erasure(models.Model):
    """That somebody's data was erased: what, when, by whom and why, without the data. Frozen.

    The row is also the key: in the transaction that writes it, and in no other, the triggers of frozen tables let the
    rows that it names be changed (decision 14). The trigger below sets the transaction; nobody can choose one.
    """

    class Scope(models.TextChoices):
        PERSON = "person", "a person"
        LEAD = "lead", "one request"
        RETENTION = "retention", "its time was over"
        REPLAY = "replay", "done again after a restore"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.CharField(max_length=10, choices=Scope)
    references = ArrayField(models.CharField(max_length=20), help_text="Requests that it reached.")
    address_digests = ArrayField(
        models.CharField(max_length=64),
        help_text="Keyed digests of the addresses: enough to know one again, not to read it.",
    )
    because = models.CharField(max_length=300, help_text="Why, without names.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    alone_because = models.CharField(
        max_length=300, blank=True, help_text="Why one person did it who had asked for it as well."
    )
    rows = models.JSONField(help_text="By table, the ids of the rows that were changed or deleted.")
    kept = models.JSONField(
        default=list, help_text="What stayed: table, how many, why, until when."
    )
    kept_until = models.DateField(null=True, blank=True, help_text="When the rest is due.")
    opened_xact = models.BigIntegerField(default=0, editable=False)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(because=""), name="erasure_says_why"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(scope__in=["retention", "replay"]),
                name="erasure_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(scope__in=["retention", "replay"])
                | ~Q(alone_because="")
                | Q(asked_by__isnull=False) & ~Q(asked_by=F("by")),
                name="erasure_by_two",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_xact"], name="erasure_opened"),
            models.Index(fields=["-made_at"], name="erasure_newest"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="erasure_opens",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    NEW.opened_xact := pg_current_xact_id()::text::bigint;
                    NEW.made_at := transaction_timestamp();
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="erasure_frozen", operation=pgtrigger.Update | pgtrigger.Delete),
            never_truncated(),
        ]
        permissions = [
            ("erase_person", "Can erase people's data"),
            ("erase_alone", "Can carry out an erasure that they asked for themselves"),
            ("export_person", "Can make and download the copy of a person's data"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}, {self.made_at:%Y-%m-%d}"
