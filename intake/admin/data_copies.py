"""Copies of what the house holds on somebody, in the staff screens."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from unfold.admin import TabularInline

from accounts import hiding
from accounts.models import User
from accounts.staff_links import OpenLinks
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin
from intake import exporting
from intake.admin.privacy_verbs import COPY
from intake.models import (
    DataCopy,
    DataCopyDownload,
)


class DownloadInline(OpenLinks, TabularInline):
    """Who took it, and when."""

    model = DataCopyDownload
    verbose_name_plural = "Downloads"
    extra = 0
    can_delete = False
    hide_title = True
    fields = readonly_fields = ("by", "at")
    ordering = ("-at",)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(DataCopy)
class DataCopyAdmin(VerbAdmin, ReadOnlyAdmin):
    """Archives for people who asked what we hold on them."""

    empty_words = "Nobody has asked what we hold on them."
    inlines = (DownloadInline,)
    list_display = ("address", "asked_at", "by", "made_at", "expires_at")
    list_select_related = ("by",)
    search_fields = ("address__iexact",)
    search_help_text = "The whole address."
    ordering = ("-pk",)
    fields = ("address", "because", "by", "asked_at", "made_at", "expires_at", "rows", "sha256")
    readonly_fields = ("rows",)

    @property
    def verbs(self) -> tuple[Verb, ...]:  # type: ignore[override]
        """A button that leads to the file."""
        return (
            Verb(
                "download", "Download", lambda copy, by: reverse("admin:intake_datacopy_file", args=[copy.pk]),
                lambda copy: bool(copy.expires_at and copy.expires_at > timezone.now()), COPY, "Here it is.",
            ),
        )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataCopy]:
        """Without the archives, which may be large, and without those of people behind a wall."""
        rows = super().get_queryset(request).defer("archive")
        hidden = sorted(hiding.hidden_in(request).addresses)
        return rows.annotate(small=Lower("address")).exclude(small__in=hidden)

    def get_urls(self) -> list[URLPattern]:
        """The file, besides the usual."""
        view = self.admin_site.admin_view(self.file)
        return [path("<int:pk>/file/", view, name="intake_datacopy_file"), *super().get_urls()]

    def file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The archive, as a download; noted before it leaves."""
        copy = self.get_queryset(request).filter(pk=pk).first()
        if copy is None:
            raise Http404
        if not request.user.has_perm(COPY):
            raise PermissionDenied
        assert isinstance(request.user, User)
        try:
            body = exporting.download_copy(copy=copy, by=request.user)
        except ValidationError as error:
            self.message_user(request, error.messages[0], messages.ERROR)
            return self._back(copy)
        name = f"derisk-copy-{copy.pk}.zip"
        response = HttpResponse(body, content_type="application/zip")
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store, private"
        return response

    @admin.display(description="What is in it")
    def rows(self, copy: DataCopy) -> str:
        """How many rows of each table."""
        return ", ".join(f"{name}: {count}" for name, count in sorted(copy.counts.items()))
