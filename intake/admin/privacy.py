"""Privacy in the staff screens: who asked for erasure, copies of data, what people agreed to, how long what is kept."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from unfold.admin import TabularInline
from unfold.decorators import display

from accounts import hiding
from accounts.models import User
from accounts.staff_links import OpenLinks
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin
from briefs import freshness
from intake import consenting, erasing, exporting, identifying, retaining
from intake.admin import erasure_orders
from intake.admin.erasure_forms import (
    CopyForm,
    EraseForm,
    ErasePersonForm,
    RefuseForm,
    address_of,
)
from intake.models import (
    Contact,
    DataCopy,
    DataCopyDownload,
    ErasureRequest,
    Lead,
    RetentionRule,
    RetentionRun,
)

_ERASE, _COPY = "accounts.erase_person", "accounts.export_person"


def _refuse(request: ErasureRequest, by: User, answer: str) -> None:
    erasing.refuse_erasure(request=request, by=by, answer=answer)


def _copy(thing: Any, by: User, because: str) -> str:
    copy = exporting.ask_for_copy(address=address_of(thing), because=because, by=by)
    return reverse("admin:intake_datacopy_change", args=[copy.pk])


def _is_there(thing: Lead) -> bool:
    return thing.erased_at is None


def _is_known(contact: Contact) -> bool:
    return not contact.email_key.startswith("erased-")


def _is_open(request: ErasureRequest) -> bool:
    return request.state == ErasureRequest.State.OPEN


# Not among the buttons of daily work: they stand in a card of their own.
LEAD_VERBS = (
    Verb(
        "erase",
        "Erase this request…",
        erasure_orders.ask_for_lead,
        _is_there,
        _ERASE,
        erasure_orders.ASKED,
        EraseForm,
        is_listed=False,
    ),
    Verb(
        "erase-person",
        "Erase the person…",
        erasure_orders.ask_for_person,
        _is_there,
        _ERASE,
        erasure_orders.ASKED,
        ErasePersonForm,
        is_listed=False,
    ),
    Verb(
        "copy",
        "Copy of their data",
        _copy,
        _is_there,
        _COPY,
        "It is being made.",
        CopyForm,
        is_listed=False,
    ),
)
CONTACT_VERBS = (
    Verb(
        "erase",
        "Erase this person…",
        erasure_orders.ask_for_person,
        _is_known,
        _ERASE,
        erasure_orders.ASKED,
        ErasePersonForm,
    ),
    Verb("copy", "Copy of their data", _copy, _is_known, _COPY, "It is being made.", CopyForm),
)
REQUEST_VERBS = (
    Verb(
        "erase",
        "Erase the person…",
        erasure_orders.ask_for_person,
        _is_open,
        _ERASE,
        erasure_orders.ASKED,
        ErasePersonForm,
        is_main=True,
    ),
    Verb("refuse", "Refuse", _refuse, _is_open, _ERASE, "The client is told why.", RefuseForm),
)


@admin.register(ErasureRequest)
class ErasureRequestAdmin(VerbAdmin, ReadOnlyAdmin):
    """Who asked to be erased, and by when the law wants an answer: one month."""

    empty_words = "No client has asked to be erased."
    verbs = REQUEST_VERBS
    list_display = ("lead", "asked_at", "due", "state_name", "answered_at", "answered_by")
    list_filter = ("state",)
    list_select_related = ("lead", "answered_by", "erasure")
    search_fields = ("lead__reference",)
    ordering = ("-state", "asked_at", "pk")  # open, done or refused: the open ones are sought first
    fields = (
        "lead_link",
        "asked_at",
        "due",
        "state_name",
        "answer",
        "answered_at",
        "answered_by",
        "erasure",
    )
    readonly_fields = ("lead_link", "due", "state_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ErasureRequest]:
        assert isinstance(request.user, User)
        rows = super().get_queryset(request).select_related("lead__contact", "lead__enquiry")
        return rows.filter(lead__in=Lead.objects.visible_to(request.user))

    @admin.display(description="Answer by", ordering="asked_at")
    def due(self, row: ErasureRequest) -> str:
        """The last day, and that it is over."""
        late = _is_open(row) and row.due_on < timezone.localdate()
        return f"{row.due_on:%d %B %Y}" + (" (overdue)" if late else "")

    @display(
        description="State",
        ordering="state",
        label={"to be answered": "warning", "erased": "success", "refused": "info"},
    )
    def state_name(self, row: ErasureRequest) -> str:
        """How it stands."""
        return row.get_state_display()

    @admin.display(description="Request")
    def lead_link(self, row: ErasureRequest) -> str:
        """The lead."""
        return str(row.lead)


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
                lambda copy: bool(copy.expires_at and copy.expires_at > timezone.now()), _COPY, "Here it is.",
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
        if not request.user.has_perm(_COPY):
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


@admin.register(RetentionRule)
class RetentionRuleAdmin(VerbAdmin):
    """For how long what is kept. A look first; then switch on."""

    list_before_template = "intake/admin/retention.html"
    list_display = ("keeps_name", "days", "is_on", "changed_at", "changed_by")
    list_select_related = ("changed_by",)
    ordering = ("pk",)
    fields = ("keeps_name", "days", "is_on")
    readonly_fields = ("keeps_name",)

    @admin.display(description="What")
    def keeps_name(self, rule: RetentionRule) -> str:
        """The kind of record in words."""
        return rule.get_keeps_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RetentionRule, form: Any, change: bool) -> None:
        """With who did it."""
        assert isinstance(request.user, User)
        obj.changed_by = request.user
        super().save_model(request, obj, form, change)
        freshness.public_changed()  # the privacy page tells it

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Every kind has its rule, before anybody set one."""
        retaining.rules()
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        """The look, besides the usual."""
        view = self.admin_site.admin_view(self.simulate)
        return [path("look/", view, name="intake_retentionrule_look"), *super().get_urls()]

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """How many of each kind would go now; recorded as a run."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        if request.method == "POST":
            retaining.simulate_rules(by=request.user)
            self.message_user(request, "Looked; nothing was changed. What was seen is below.")
            return HttpResponseRedirect(reverse("admin:intake_retentionrun_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": "What the rules would reach now",
            "opts": self.opts,
            "outlooks": [
                replace(outlook, examples=hiding.shown(request.user, outlook.examples))
                for outlook in map(retaining.look, retaining.rules())
            ],
        }
        return TemplateResponse(request, "intake/admin/retention_look.html", context)


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    """What the rules reached, and when."""

    empty_words = "No rule has run, and nobody has looked what one would reach."
    list_display = (
        "rule",
        "ran_at",
        "is_simulated",
        "days",
        "count",
        "done",
        "oldest",
        "which",
        "by",
    )
    list_filter = ("is_simulated", "rule")
    list_select_related = ("rule", "by")
    ordering = ("-ran_at", "-pk")
    fields = ("rule", "ran_at", "is_simulated", "days", "count", "done", "oldest", "which", "by")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, without references that the reader is walled from."""
        changelist = super().get_changelist_instance(request)
        for run in changelist.result_list:
            _show(run, request)
        return changelist

    def get_object(self, request: HttpRequest, *args: Any) -> Any:
        """The same of one."""
        run = super().get_object(request, *args)
        return _show(run, request) if run else None

    @admin.display(description="The oldest")
    def which(self, run: RetentionRun) -> str:
        """A few references."""
        return ", ".join(run.examples)


def _show(run: RetentionRun, request: HttpRequest) -> RetentionRun:
    assert isinstance(request.user, User)
    run.examples = hiding.shown(request.user, run.examples) if run.examples else []
    return run


class ConsentsAdmin(VerbAdmin):
    """A page with what a person agreed to; goes before the admin of contacts and of leads."""

    def get_urls(self) -> list[URLPattern]:
        """What they agreed to, besides the usual."""
        name = f"intake_{self.opts.model_name}_consents"
        view = self.admin_site.admin_view(self.consents)
        return [path("<int:pk>/consents/", view, name=name), *super().get_urls()]

    def privacy_links(self, request: HttpRequest, obj: Any) -> list[tuple[str, str]]:
        """What this user may do about the data of the person behind it: labels and addresses."""
        found = [("What they agreed to", reverse(self._consents_name(), args=[obj.pk]))]
        offered = self._offered(request, obj)
        return found + [(v.label, self._verb_url(obj, v)) for v in offered if v in LEAD_VERBS]

    def _consents_name(self) -> str:
        return f"admin:intake_{self.opts.model_name}_consents"

    def consents(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To what the person behind it agreed, for what purpose, when, and until when."""
        thing = self.get_queryset(request).filter(pk=pk).first()
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        assert isinstance(request.user, User)
        address = address_of(thing)
        person = identifying.person_of_address(address)
        context = {
            **self.admin_site.each_context(request),
            "title": f"What {thing} agreed to",
            "opts": self.opts,
            "consents": consenting.consents_of(person, request.user),
            "back_url": self._object_url(thing),
        }
        return TemplateResponse(request, "intake/admin/consents.html", context)
