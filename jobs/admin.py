"""Jobs and heartbeats in the staff screens: to see and to retry, never to edit."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.long_lists import LatelyUsedFilter
from accounts.models import User
from accounts.numbers import counted
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin
from jobs import kinds, retrying
from jobs.models import Heartbeat, Job

_RETRY = "jobs.retry_job"
_NEWEST = (
    10_000  # jobs that are looked through for a request's id: those of a few days of a large house
)


def _may_be_retried(job: Job) -> bool:
    """As `retry_job` decides."""
    waits = job.state == Job.State.PENDING and job.attempts > 0 and job.run_at > timezone.now()
    return job.state == Job.State.DEAD or waits


def _retry(job: Job, by: User) -> None:
    retrying.retry_job(job=job, by=by)


@admin.register(Job)
class JobAdmin(VerbAdmin, ReadOnlyAdmin):
    """What must still be done, what failed and why."""

    verbs = (
        Verb(
            "retry", "Try again now", _retry, _may_be_retried, _RETRY, "It will run again.",
        ),
    )  # fmt: skip
    list_display = ("kind", "subject_id", "state", "attempts", "run_at", "created_at", "last_error")
    list_filter = ("state", ("kind", LatelyUsedFilter))
    search_fields = ("key", "request_id")
    search_help_text = "A whole key, such as lead:12, or the id of a request of these days."
    ordering = ("-pk",)  # newest first, by an index that is there
    sortable_by = ()
    actions = ("retry",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        """By the index of kinds and keys; by a request's id among the newest jobs, which are read one by one."""
        typed = search_term.replace("\0", "").strip()
        if not typed:
            return queryset, False
        keyed = queryset.filter(kind__in=kinds.names(), key=typed)
        if keyed.exists():
            return keyed, False
        newest = Job.objects.aggregate(last=Max("pk"))["last"] or 0
        return queryset.filter(pk__gt=newest - _NEWEST, request_id=typed), False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(_RETRY)

    @admin.action(description="Try again now", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Retry each chosen job and say for how many that worked; what left the list meanwhile is told of."""
        assert isinstance(request.user, User)
        jobs, retried = list(queryset), 0
        gone = len(request.POST.getlist(ACTION_CHECKBOX_NAME)) - len(jobs)
        if gone > 0:
            text = f"{counted(gone, 'job')} left this list meanwhile: tried again by somebody else, or done."
            self.message_user(request, text, messages.WARNING)
        for job in jobs:
            try:
                retrying.retry_job(job=job, by=request.user)
                retried += 1
            except ValidationError as error:
                self.message_user(request, f"{job}: {error.messages[0]}", messages.WARNING)
        if retried:
            self.message_user(request, f"{counted(retried, 'job')} will run again.")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """When worker and sweep last showed that they work."""

    list_display = ("name", "beaten_at")
