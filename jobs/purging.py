"""Forgetting that regular work was done: two thousand rows a day about nobody, which nobody asks for later."""

from datetime import timedelta

from django.db.models.functions import Now

from jobs import kinds
from jobs.models import Job

# Longer than any span in which regular work is asked for once: its row says that it was.
KEPT = timedelta(days=2)
BATCH = 5_000


def forget_regular() -> int:
    """Delete records of regular work that was done more than two days ago, a batch at most; how many.

    What failed for good stays until somebody has seen to it; what somebody asked for has a period that staff set.
    """
    regular = Job.objects.filter(kind__in=[kind.name for kind in kinds.regular()], subject_id=0)
    old = regular.filter(state=Job.State.DONE, done_at__lt=Now() - KEPT)
    pks = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return Job.objects.filter(pk__in=pks, state=Job.State.DONE).delete()[0]
