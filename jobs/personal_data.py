"""The erasure map of jobs."""

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Now

from accounts.erasure_map import Person, declare
from jobs.models import Heartbeat, Job

_WAITING = Q(state__in=[Job.State.PENDING, Job.State.DEAD])


def _jobs_of(person: Person) -> QuerySet[Job]:
    """The keys of jobs begin with what they are about, such as lead:5 or lead:5:correction:2."""
    wanted = Q(pk__in=[])
    for label, ids in person.rows.items():
        name = label.partition(".")[2]
        wanted |= Q(key__in=[f"{name}:{pk}" for pk in ids])
        for pk in ids:
            wanted |= Q(key__startswith=f"{name}:{pk}:")
    return Job.objects.filter(wanted)


declare(
    Job,
    of=_jobs_of,
    # What waits will not be done any more; what a worker holds finds the lead erased.
    erase={
        "last_error": "",
        "state": Case(When(_WAITING, then=Value(Job.State.DONE)), default=F("state")),
        "done_at": Case(When(_WAITING, then=Coalesce(F("done_at"), Now())), default=F("done_at")),
    },
    none="id kind key subject_id run_at attempts interruptions max_attempts lease_token lease_until hinted_at "
    "request_id created_at",
    withheld={"last_error": "What failed inside our software; it holds no data of clients."},
    is_last=True,
)
declare(Heartbeat, none="name beaten_at")
