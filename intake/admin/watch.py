"""The page Watch: how the house is doing, in words, and what was too much lately."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import display

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin
from intake import measuring, watching
from intake.models import Alert, Stage


def _address(reading: watching.Reading) -> str:
    """The list in which to look."""
    return f"{reverse(f'admin:{reading.page}')}?{reading.query}" if reading.page else ""


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """Readings of this moment above, alerts below: one page to look at."""

    list_display = ("text", "began", "lasted")
    ordering = ("-began_at", "-pk")
    list_per_page = 20
    list_before_template = "intake/admin/watch.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list with the readings."""
        measures = measuring.measure()
        found = watching.readings(measures)
        assert isinstance(request.user, User)
        context = {
            "title": "Watch",
            "lines": [{"reading": one, "url": _address(one)} for one in found],
            "stages": [(Stage(name).label, count) for name, count in measures.stages.items()],
            "over": sum(one.is_over for one in found),
        }
        return super().changelist_view(request, (extra_context or {}) | context)

    @admin.display(description="Began", ordering="began_at")
    def began(self, alert: Alert) -> str:
        """When it was found first."""
        return f"{alert.began_at:%d %b %Y, %H:%M} UTC"

    @display(description="Lasted", label={"now": "danger", "": "info"})
    def lasted(self, alert: Alert) -> tuple[str, str]:
        """Until when, or that it stands."""
        span = watching.in_words((alert.seen_at - alert.began_at).total_seconds())
        return ("", span) if alert.ended_at else ("now", f"{span}, not over")
