"""The rows that say what must still be done. A message to a worker is only a hint to look here."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.short_checks import is_set, one_of, same

MAX_ATTEMPTS = 8


class JobQuerySet(models.QuerySet["Job"]):
    """Which jobs want work. Times are the database's, since clocks of machines differ."""

    def due(self) -> "JobQuerySet":
        """Waiting, and their time has come."""
        return self.filter(state=Job.State.PENDING, run_at__lte=Now())

    def abandoned(self) -> "JobQuerySet":
        """Taken by a worker that did not come back within its lease."""
        return self.filter(state=Job.State.LEASED, lease_until__lt=Now())

    def unhinted(self, again_after: timedelta) -> "JobQuerySet":
        """Due jobs that no worker was told of since they became due, or not lately."""
        return self.due().filter(
            Q(hinted_at__lt=F("run_at")) | Q(hinted_at__lt=Now() - again_after)
        )

    def dead(self) -> "JobQuerySet":
        """Failed too often; a person must look."""
        return self.filter(state=Job.State.DEAD)


class Job(models.Model):
    """One follow-up of something that happened: done once, retried until it is, dead where staff see it."""

    class State(models.TextChoices):
        PENDING = "pending", "waiting"
        LEASED = "leased", "being worked on"
        DONE = "done", "done"
        DEAD = "dead", "failed for good"

    kind = models.CharField(
        max_length=60, help_text="What is to be done, such as intake.route_lead."
    )
    key = models.CharField(
        max_length=200, help_text="The same work asked for twice has the same key."
    )
    subject_id = models.BigIntegerField(help_text="The row that the work is about.")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    run_at = models.DateTimeField(db_default=Now(), help_text="Not before this time.")
    attempts = models.PositiveSmallIntegerField(default=0)
    interruptions = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="Attempts that ended with their worker or their connection, not by what they did.",
    )
    max_attempts = models.PositiveSmallIntegerField(default=MAX_ATTEMPTS)
    lease_token = models.UUIDField(
        null=True, blank=True, help_text="Whoever holds it may finish the job."
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    hinted_at = models.DateTimeField(db_default=Now())
    request_id = models.CharField(max_length=64, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="job_once_per_key"),
            models.CheckConstraint(
                condition=same(is_set("lease_token"), is_set("lease_until"))
                & same(is_set("lease_until"), Q(state="leased")),
                name="job_lease_exactly_while_leased",
            ),
            models.CheckConstraint(
                condition=same(is_set("done_at"), Q(state="done")),
                name="job_done_at_exactly_when_done",
            ),
            models.CheckConstraint(
                condition=one_of("state", ["pending", "leased", "done", "dead"]),
                name="job_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "run_at", "id"],
                name="job_pending_of_kind",
                condition=Q(state="pending"),
            ),
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(state="leased")),
            models.Index(fields=["-created_at"], name="job_dead", condition=Q(state="dead")),
            models.Index(fields=["done_at", "id"], name="job_done", condition=Q(state="done")),
        ]
        permissions = [("retry_job", "Can retry a dead job")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Heartbeat(models.Model):
    """When a process last showed that it works, by working."""

    name = models.CharField(max_length=60, primary_key=True)
    beaten_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


def beat(name: str) -> None:
    """Note that the process of this name works now."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, beaten_at=Now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beaten_at"],
    )


def age_of_oldest_due() -> timedelta:
    """For how long the oldest waiting job has been due; zero when nothing waits."""
    age = Now() - models.Min("run_at", output_field=models.DateTimeField())
    return Job.objects.due().aggregate(age=age)["age"] or timedelta()


def age_of_beat(name: str) -> timedelta | None:
    """How long ago the process of this name showed that it works; None when it never did."""
    beats = Heartbeat.objects.filter(name=name)
    return beats.values_list(Now() - F("beaten_at"), flat=True).first()
