"""Jobs and heartbeats in the staff screens: to see and to retry, never to edit."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from accounts.numbers import counted
from accounts.staff_screens import ReadOnlyAdmin
from jobs import retrying
from jobs.models import Heartbeat, Job


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """What must still be done, what failed and why."""

    list_display = ("kind", "subject_id", "state", "attempts", "run_at", "created_at", "last_error")
    list_filter = ("state", "kind")
    search_fields = ("key", "request_id")
    ordering = ("-pk",)  # newest first, by an index that is there
    actions = ("retry",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.retry_job")

    @admin.action(description="Retry dead jobs", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Retry each chosen job and say for how many that worked."""
        assert isinstance(request.user, User)
        retried = 0
        for job in queryset:
            try:
                retrying.retry_job(job=job, by=request.user)
                retried += 1
            except ValidationError as error:
                self.message_user(request, f"{job}: {error.messages[0]}", messages.WARNING)
        self.message_user(request, f"{counted(retried, 'job')} will run again.")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """When worker and sweep last showed that they work."""

    list_display = ("name", "beaten_at")
