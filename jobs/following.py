"""Jobs that come after others: workers are told of them when the first try of those is over."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts import statements
from jobs import hints, kinds
from jobs.models import Job

_NEXT = statements.Statement.written("""
    SELECT DISTINCT ON (kind) id FROM jobs_job
    WHERE kind = ANY(%(kinds)s) AND key = ANY(%(keys)s) AND state = 'pending' AND run_at <= statement_timestamp()
    ORDER BY kind, run_at, id
""")

# Behind a long queue a client waits for a word too, and not only for an adviser.
_LONGEST = timedelta(minutes=1)


def tell(done: Sequence[Job]) -> None:
    """Tell one worker of what comes after these jobs, which have had a try: of each kind one, which takes others along.

    That message may be lost as any other may: the sweep tells again.
    """
    after = kinds.next_of(done[0].kind)
    if not after:
        return
    found = statements.fetch(_NEXT, {"kinds": after, "keys": [job.key for job in done]})
    if found:
        hints.send([pk for (pk,) in found])


def waits() -> Q:
    """Of jobs those that leave the first try to another, which nobody has finished yet; for a minute at most."""
    is_first = Q(state=Job.State.PENDING, attempts=0) | Q(state=Job.State.LEASED, attempts=1)
    firsts = Job.objects.filter(is_first, key=OuterRef("key"))
    found = Q(pk__in=[])
    for name, first in kinds.after().items():
        found |= Q(Exists(firsts.filter(kind=first)), kind=name)
    return found & Q(run_at__gt=Now() - _LONGEST)
