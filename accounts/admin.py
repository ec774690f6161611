"""Staff users and groups in the staff screens."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm

from accounts import erasing, hiding
from accounts.models import Erasure, User
from accounts.staff_screens import ReadOnlyAdmin

admin.site.unregister(Group)


class UserCreationForm(BaseUserCreationForm):
    """Asks for an e-mail instead of a user name."""

    class Meta:
        model = User
        fields = ("email", "full_name")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """Members of the house."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ("full_name", "pk")
    list_display = ("full_name", "email", "job_title", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("full_name", "email")
    readonly_fields = ("last_login", "joined_at")
    fieldsets = (
        (None, {"fields": ("email", "full_name", "job_title", "time_zone", "password")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "joined_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "full_name", "password1", "password2")}),)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Roles. `manage.py sync_roles` puts the built-in ones back."""


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Proof of what was erased. A search for an address says whether its person was."""

    empty_words = "Nobody’s data was erased."
    list_display = ("made_at", "scope", "which", "because", "by", "rows_erased", "kept_until")
    list_filter = ("scope",)
    list_select_related = ("by", "asked_by")
    search_fields = ("uuid",)
    search_help_text = (
        "A reference, a number of a record, or a whole address: was this person erased?"
    )
    ordering = ("-made_at", "-pk")
    fields = (
        "uuid", "made_at", "scope", "which", "because", "asked_by", "by", "alone_because",
        "by_table", "what_is_kept", "kept_until",
    )  # fmt: skip
    readonly_fields = ("which", "by_table", "what_is_kept")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Erasure]:
        """Without what the reader is walled from."""
        hidden = sorted(hiding.hidden_in(request).references)
        return super().get_queryset(request).exclude(references__overlap=hidden)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Erasure], search_term: str
    ) -> tuple[QuerySet[Erasure], bool]:
        """By the digest of an address, by a reference, or by the record's number."""
        term = search_term.strip()
        if "@" in term:
            known = erasing.erasures_of(term).values("pk")
            return queryset.filter(pk__in=known), False
        if term.upper().startswith("R-"):
            return queryset.filter(references__contains=[term.upper()]), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="Requests")
    def which(self, erasure: Erasure) -> str:
        """References."""
        return ", ".join(erasure.references)

    @admin.display(description="Rows")
    def rows_erased(self, erasure: Erasure) -> int:
        """How many, in all tables."""
        return sum(len(ids) for ids in erasure.rows.values())

    @admin.display(description="Rows by table")
    def by_table(self, erasure: Erasure) -> str:
        """How many of each."""
        counts = sorted((table, len(ids)) for table, ids in erasure.rows.items())
        return "\n".join(f"{table}: {count}" for table, count in counts)

    @admin.display(description="Kept")
    def what_is_kept(self, erasure: Erasure) -> str:
        """What stayed, why and until when."""
        lines = [
            f"{k['name']}: {k['count']}, until {k['until']}. {k['reason']}" for k in erasure.kept
        ]
        return "\n".join(lines) or "Nothing."
