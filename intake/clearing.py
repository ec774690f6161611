"""Taking leads away from whom a new wall keeps out of them."""

from django.db import transaction

from intake import owning, routing
from intake.models import Lead, Wall


@transaction.atomic
def clear_wall(*, wall_id: int) -> int:
    """Give the open leads behind a wall that its person owns to whom routing gives them; how many.

    Whom they cover for is covered by another from the next look at absences on. They are not told: of what they must
    not know any more nothing is said. Raises JobError when nobody may have one: it stays where its owner does not see
    it, and the job says so.
    """
    wall = Wall.objects.standing().filter(pk=wall_id).select_related("user", "by").first()
    if wall is None:
        return 0
    open_ones = Lead.objects.filter(owner__user=wall.user, status__in=owning.OPEN)
    unseen = open_ones.exclude(pk__in=open_ones.beyond_no_wall(wall.user).values("pk"))
    pks = list(unseen.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        lead = owning.locked(pk)
        routing.ask_to_notify([routing.route_again(lead, without={}, by=wall.by)])
    return len(pks)
