"""Where requests come from, as a page and as a table for spreadsheets; of the leads that the user may see."""

from typing import Any

from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.models import User
from intake import sources


def user_of(request: HttpRequest) -> User:
    """Who asks; the staff site has let nobody in who is not one."""
    assert isinstance(request.user, User)
    return request.user


class SourcesAdmin:
    """Goes before `ModelAdmin` in the bases of the screen of leads."""

    admin_site: AdminSite

    def get_urls(self) -> list[URLPattern]:
        """The report and its table, besides the usual."""
        view = self.admin_site.admin_view
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [
            path("sources/", view(self.sources_page), name="intake_lead_sources"),
            path("sources.csv", view(self.sources_csv), name="intake_lead_sources_csv"),
            *urls,
        ]

    def sources_page(self, request: HttpRequest) -> HttpResponse:
        """The report."""
        by, days, rows = self._counted(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Where requests come from",
            "by": by,
            "days": days,
            "rows": rows,
            "grouping": sources.GROUPINGS[by],
            "groupings": sources.GROUPINGS,
            "spans": sources.SPANS,
            "is_cut": len(rows) == sources.MOST_ROWS,
            "most_leads": f"{sources.MOST_LEADS:,}",
            "leaves_out": sources.leaves_out(user=user_of(request), days=days),
        }
        return TemplateResponse(request, "intake/admin/sources.html", context)

    def sources_csv(self, request: HttpRequest) -> HttpResponse:
        """The same as a download."""
        by, days, rows = self._counted(request)
        body = sources.as_csv(sources.GROUPINGS[by].label, rows)
        response = HttpResponse("\ufeff" + body, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="sources-{by}-{days}-days.csv"'
        response["Cache-Control"] = "no-store, private"
        return response

    def _counted(self, request: HttpRequest) -> tuple[str, int, list[sources.Row]]:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        by = request.GET.get("by", "")
        by = by if by in sources.GROUPINGS else "last"
        days: Any = request.GET.get("days", "")
        days = int(days) if days in {str(span) for span in sources.SPANS} else sources.SPANS[1]
        return by, days, sources.count_sources(user=user_of(request), by=by, days=days)
