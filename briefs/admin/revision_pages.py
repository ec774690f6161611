"""The pages of a brief's revisions: all of them, what differs between two, and one as readers would see it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from accounts import private_links
from accounts.models import User
from briefs import brief_pages, comparing, history, reading, showing
from briefs.models import Brief, Revision


class RevisionPages(ModelAdmin):
    """For who may see the brief."""

    def get_urls(self) -> list[URLPattern]:
        """The admin's own addresses, the list of revisions, and each of them."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/revisions/", wrap(self.revisions), name="briefs_brief_revisions"),
            path(
                "<int:pk>/revisions/<int:number>/",
                wrap(private_links.private(self.revision)),
                name="briefs_brief_revision",
            ),
            *super().get_urls(),
        ]

    def revisions(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every revision of a brief; with `from` and `to`, what differs between the two. Unknown ones are ignored."""
        brief = self._seen(request, pk)
        lines = history.lines_of(brief)
        numbers = {line.revision.number: line.revision.pk for line in lines}
        newest = next(iter(numbers), 0)
        assert isinstance(request.user, User)
        asked = {name: request.GET.get(name, "") for name in ("from", "to")}
        before, after = (_number(asked[name], numbers) for name in ("from", "to"))
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": f"Revisions: {brief.root}",
            "opts": self.opts,
            "original": brief,
            "brief": brief,
            "zone": request.user.time_zone,
            "lines": lines,
            "ignored": [
                asked[n] for n, v in (("from", before), ("to", after)) if asked[n] and not v
            ],
            "before": before or (newest - 1 if newest > 1 else newest),
            "after": after or newest,
            "quick": self._quick_links(request, brief),
            "may_restore": self._may_restore(request, brief),
        }
        if before and after:
            context["changes"] = _changes(numbers[before], numbers[after])
        return TemplateResponse(request, "briefs/admin/revisions.html", context)

    def revision(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """A revision as readers would see it; for staff only, never kept."""
        brief = self._seen(request, pk)
        revision = Revision.objects.filter(brief=brief.root_id, number=number).first()
        if revision is None:
            raise Http404
        page = reading.page_of_snapshot(brief.root, revision.snapshot)
        context = brief_pages.context_of(page) | {"revision": revision}
        return showing.render_page(
            request, "briefs/admin/revision.html", context, page.brief.language
        )

    def _seen(self, request: HttpRequest, pk: int) -> Brief:
        brief: Brief | None = self.get_object(request, str(pk))
        if brief is None or not self.has_view_permission(request, brief):
            raise Http404
        return brief

    def _may_restore(self, request: HttpRequest, brief: Brief) -> bool:
        may = request.user.has_perm("briefs.change_brief")
        return may and (brief.is_editable or brief.status == "published")

    def _quick_links(self, request: HttpRequest, brief: Brief) -> list[tuple[str, str]]:
        """What changed since what readers have, since the last approval, since this person looked."""
        assert isinstance(request.user, User)
        head = brief.head_revision
        points = (
            ("Since the live text", brief.root.live_revision),
            ("Since the last approval", history.last_approved(brief)),
            ("Since I last reviewed it", history.last_reviewed(brief, request.user)),
        )
        address = reverse("admin:briefs_brief_revisions", args=[brief.pk])
        return [
            (label, f"{address}?from={point.number}&to={head.number}")
            for label, point in points
            if head and point and point.number < head.number
        ]


def _number(asked: str, numbers: dict[int, int]) -> int:
    """A revision's number that there is; 0 for anything else."""
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 0
    return number if number in numbers else 0


def _changes(before: int, after: int) -> comparing.TextChanges:
    texts = Revision.objects.in_bulk([before, after])
    return comparing.compare(texts[before].snapshot, texts[after].snapshot)
