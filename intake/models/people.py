"""Who the clients are: the people, and the organisations that they speak for."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import BooleanField, F, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.db.models.lookups import IsNull

from intake import addresses, names

if TYPE_CHECKING:
    from accounts.models import User


class PeopleQuerySet(models.QuerySet):
    """Contacts or organisations, by who may see them."""

    def live(self) -> Self:
        """Without those that were merged into another."""
        return self.filter(merged_into__isnull=True)

    def live_visible_to(self, user: "User") -> Self:
        """Of `visible_to` those that were not merged: for lists, which an index can walk through in their order."""
        return self.live().filter(self._behind_leads_of(user))._beyond_no_wall(user)

    def _behind_leads_of(self, user: "User") -> Q:
        # Lead is a module above; the relation leads there.
        lead: Any = self.model._meta.get_field("leads").related_model
        seen, field = lead.objects.visible_to(user), lead_field(self.model)
        if not _sees_all(user):
            return Q(pk__in=seen.values(field))
        # One lead of each, which an index finds: a join would read all leads as soon as a page lies further down.
        one = Subquery(seen.filter(**{field: OuterRef("pk")}).values("pk")[:1])
        return Q(IsNull(one, False))

    def _beyond_no_wall(self, user: "User") -> Self:
        of_organisation = "pk" if lead_field(self.model) == "organisation" else "organisation"
        walled = RawSQL("SELECT walled_organisations(%s)", [user.pk])
        return self.exclude(**{f"{of_organisation}__in": walled})

    def visible_to(self, user: "User") -> Self:
        """Those behind the leads that the user may see; who sees every lead sees those that were merged, too."""
        behind = self._behind_leads_of(user)
        if _sees_all(user):
            # Not for whoever is walled from some lead: what was merged may be the people behind that.
            unwalled = RawSQL(
                "NOT EXISTS (SELECT walled_leads(%s))", [user.pk], output_field=BooleanField()
            )
            behind |= Q(merged_into__isnull=False) & Q(unwalled)
        return self.filter(behind)._beyond_no_wall(user)


def _sees_all(user: "User") -> bool:
    return user.is_active and user.has_perms(["intake.view_lead", "intake.view_all_leads"])


def lead_field(model: type[models.Model]) -> str:
    """The field of a lead that points to such rows."""
    return str(model._meta.model_name)


class Organisation(models.Model):
    """A company, agency or charity that asks for help. Merged into another it stays, and its keys lead there."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(
        max_length=200, unique=True, editable=False, help_text="The name, normalised."
    )
    latin_key = models.CharField(
        max_length=200,
        db_default="",
        editable=False,
        help_text="The name in ASCII, without legal form.",
    )
    sound_key = models.CharField(
        max_length=200, db_default="", editable=False, help_text="Its consonants."
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="merged_here",
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = PeopleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
                name="organisation_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(
                fields=["name", "id"],
                name="organisation_by_name",
                condition=Q(merged_into__isnull=True),
            ),
            GinIndex(
                OpClass("latin_key", "gin_trgm_ops"), name="organisation_latin", fastupdate=False
            ),
            GinIndex(
                OpClass("sound_key", "gin_trgm_ops"), name="organisation_sound", fastupdate=False
            ),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="organisation_merged_into",
            ),
        ]
        permissions = [("merge_organisation", "Can merge organisations and undo it")]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def keys_of(name: str) -> dict[str, str]:
        """The columns by which a name is found again."""
        plain = names.plain_key(name)
        return {
            "name_key": names.exact_key(name),
            "latin_key": names.latin_key(plain),
            "sound_key": names.sound_key(plain),
        }


class Contact(models.Model):
    """A person, known by e-mail address. Merged into another they stay, and their keys lead there."""

    full_name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    email_key = models.CharField(
        max_length=254,
        unique=True,
        editable=False,
        help_text="The address, normalised.",
    )
    mailbox_key = models.CharField(
        max_length=254,
        db_default="",
        db_index=True,
        editable=False,
        help_text="Where the address leads, without a plus part.",
    )
    domain = models.CharField(
        max_length=254,
        db_default="",
        db_index=True,
        editable=False,
        help_text="Of the address, unless anybody can have one there.",
    )
    latin_key = models.CharField(
        max_length=200, db_default="", editable=False, help_text="The name in ASCII, without title."
    )
    sound_key = models.CharField(
        max_length=200, db_default="", editable=False, help_text="Its consonants."
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
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="merged_here",
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = PeopleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(email_key=""), name="contact_has_email"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
                name="contact_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(
                fields=["full_name", "id"],
                name="contact_by_name",
                condition=Q(merged_into__isnull=True),
            ),
            GinIndex(OpClass("latin_key", "gin_trgm_ops"), name="contact_latin", fastupdate=False),
            GinIndex(OpClass("sound_key", "gin_trgm_ops"), name="contact_sound", fastupdate=False),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="contact_merged_into",
            ),
        ]
        permissions = [("merge_contact", "Can merge contacts and undo it")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_shared(self) -> bool:
        """Whether several people probably read the mailbox."""
        return addresses.is_shared(self.email)

    @staticmethod
    def keys_of(full_name: str, email: str) -> dict[str, str]:
        """The columns by which a person is found again."""
        plain = names.person_key(full_name)
        return {
            "email_key": addresses.email_key(email),
            "mailbox_key": addresses.mailbox_key(email),
            "domain": addresses.house_domain(email),
            "latin_key": names.latin_key(plain),
            "sound_key": names.sound_key(plain),
        }
