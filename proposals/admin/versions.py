"""A proposal version: free to edit as a draft, to read once it is sent."""

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import translation

from accounts.models import User
from accounts.staff_screens import Verb, VerbAdmin
from proposals import composing, content, drafting, linking, money, presenting, sending
from proposals.admin.markdown import TermsForm
from proposals.admin.parts import LineItemInline, SectionInline
from proposals.admin.send_form import SendForm
from proposals.models import LIVE, ProposalVersion, VersionStatus


def _revise(version: ProposalVersion, by: User) -> str:
    draft = drafting.revise_version(version=version, by=by)
    return reverse("admin:proposals_proposalversion_change", args=[draft.pk])


def _send(version: ProposalVersion, by: User, free_is_meant: bool = False) -> None:
    sending.send_version(version=version, by=by, free_is_meant=free_is_meant)


def _mail_link(version: ProposalVersion, by: User) -> None:
    linking.mail_link(version=version, by=by)


def _has_document(version: ProposalVersion) -> bool:
    return version.status in LIVE and hasattr(version, "document")


@admin.register(ProposalVersion)
class ProposalVersionAdmin(VerbAdmin):
    """Proposals of the leads that the user may see."""

    verbs = (
        Verb(
            "send", "Send to the client", _send,
            lambda version: version.is_draft, "proposals.change_proposalversion",
            "Sent. The document is being rendered; the mail with the private link follows at once.",
            SendForm, is_main=True,
        ),
        Verb(
            "revise", "Write the next version", _revise,
            lambda version: version.status in (*LIVE, VersionStatus.EXPIRED), "proposals.change_proposalversion",
            "This draft starts from what was sent.",
        ),
        Verb(
            "link", "Mail a new link", _mail_link,
            _has_document, "proposals.change_proposalversion",
            "A new link is on its way; the old one opens nothing any more.",
        ),
    )  # fmt: skip
    form = TermsForm
    change_form_outer_before_template = "proposals/admin/version.html"
    warn_unsaved_form = True  # "Send" freezes what was saved, not what was typed
    inlines = (SectionInline, LineItemInline)
    list_display = ("name", "title", "client", "status_name", "currency", "valid_until", "sent_at")
    list_filter = ("status", "currency", "language")
    search_fields = ("proposal__reference", "title", "recipient_name", "proposal__lead__reference")
    ordering = ("-created_at", "-pk")
    fields = (
        "title",
        ("recipient_name", "recipient_email"),
        ("currency", "language"),
        "valid_until",
        "terms",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProposalVersion]:
        assert isinstance(request.user, User)
        return ProposalVersion.objects.visible_to(request.user).select_related(
            "proposal__lead__enquiry", "prepared_by"
        )

    @admin.display(description="Proposal")
    def name(self, version: ProposalVersion) -> str:
        """Reference and number."""
        return f"{version.proposal.reference} v{version.number}"

    @admin.display(description="Client")
    def client(self, version: ProposalVersion) -> str:
        """Whom it is for."""
        return version.proposal.lead.enquiry.organisation or version.recipient_name

    @admin.display(description="Status", ordering="status")
    def status_name(self, version: ProposalVersion) -> str:
        """The status in words."""
        return version.get_status_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Drafts come from a lead."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: ProposalVersion | None = None
    ) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: ProposalVersion | None = None
    ) -> bool:
        return (obj is None or obj.is_draft) and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: ProposalVersion | None = None) -> Any:
        """All of a draft; of what was sent the frame, since its text is read in the preview."""
        fields = super().get_fields(request, obj)
        is_editable = obj is not None and self.has_change_permission(request, obj)
        return fields if is_editable else [name for name in fields if name != "terms"]

    def get_inlines(self, request: HttpRequest, obj: ProposalVersion | None) -> Any:
        """The parts of a draft, for those who may edit it."""
        is_editable = obj is not None and self.has_change_permission(request, obj)
        return self.inlines if is_editable else ()

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The version; locked while it is edited, so that it cannot be sent half-way through."""
        version = super().get_object(request, object_id, from_field)
        is_edit = connection.in_atomic_block and request.method == "POST"
        if version is None or not is_edit:
            return version
        return self.get_queryset(request).select_for_update(of=("self",)).get(pk=version.pk)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Saving a draft that was sent in the meantime is refused; say why."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except PermissionDenied:
            may_edit = super().has_change_permission(request)
            if object_id is None or request.method != "POST" or not may_edit:
                raise
            text = (
                "This version was sent or closed while you were editing. Nothing of that was saved."
            )
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.path)

    def page_context(self, request: HttpRequest, obj: ProposalVersion) -> dict[str, Any]:
        """Where it stands, what the client answered, and what is still missing."""
        return {
            "version": obj,
            "totals": self._totals(obj),
            "acceptance": getattr(obj, "acceptance", None),
            "decline": getattr(obj, "decline", None),
            "has_document": hasattr(obj, "document"),
        }

    def _totals(self, version: ProposalVersion) -> dict[str, str] | str:
        """Net, tax and total as the client would read them, or why they cannot be had."""
        try:
            totals = composing.price(version).totals
        except ValidationError as error:
            return "; ".join(error.messages)

        def amount(value: Any) -> str:
            return money.format_amount(value, version.currency, "en")

        taxes = {f"{tax.label} {tax.rate} %": amount(tax.amount) for tax in totals.taxes}
        return {"Net": amount(totals.net), **taxes, "Total": amount(totals.total)}

    def get_urls(self) -> list[URLPattern]:
        """Preview and document besides the usual."""
        pages = [
            path(
                "<int:pk>/preview/",
                self.admin_site.admin_view(self.preview),
                name="proposals_version_preview",
            ),
            path(
                "<int:pk>/document/",
                self.admin_site.admin_view(self.document),
                name="proposals_version_document",
            ),
        ]
        return [*pages, *super().get_urls()]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The client's page of this version, without the means to answer."""
        version = self._visible(request, pk)
        try:
            frozen = version.content or content.freeze(composing.build_content(version)).decode()
        except ValidationError as error:
            return render(
                request, "proposals/preview_problem.html", {"problems": error.messages}, status=409
            )
        shown = json.loads(frozen)
        context = {"version": version, "content": shown, "shown": presenting.present(shown)}
        with translation.override(version.language):
            return render(request, "proposals/preview.html", context)

    def document(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The PDF that the client has."""
        version = self._visible(request, pk)
        if not hasattr(version, "document"):
            raise Http404
        response = HttpResponse(bytes(version.document.pdf), content_type="application/pdf")
        response["Content-Disposition"] = (
            f'attachment; filename="{self.name(version).replace(" ", "-")}.pdf"'
        )
        response["Cache-Control"] = "no-store, private"
        return response

    def _visible(self, request: HttpRequest, pk: int) -> ProposalVersion:
        version = self.get_queryset(request).filter(pk=pk).first()
        if version is None:
            raise Http404
        return version
