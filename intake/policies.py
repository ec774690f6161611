"""How long each stage may take, by priority: rows that desk leads change, made as a house starts with them."""

from intake.models import DeadlinePolicy, Priority, Stage

Policies = dict[tuple[str, str], DeadlinePolicy]
_DAY = 8 * 60

# What a house starts with: minutes, reminder, steps, told to the client. Desk leads change the rows.
_DEFAULTS: dict[tuple[str, str], tuple[int, int, int, bool]] = {
    (Priority.NORMAL, Stage.FIRST_ANSWER): (_DAY, 120, 120, True),
    (Priority.NORMAL, Stage.FOLLOW_UP): (5 * _DAY, _DAY, _DAY, False),
    (Priority.NORMAL, Stage.PROPOSAL): (5 * _DAY, _DAY, 4 * 60, True),
    (Priority.URGENT, Stage.FIRST_ANSWER): (60, 20, 15, True),
    (Priority.URGENT, Stage.FOLLOW_UP): (_DAY, 120, 60, False),
    (Priority.URGENT, Stage.PROPOSAL): (2 * _DAY, 4 * 60, 120, True),
}


def current() -> Policies:
    """The policy of each priority and stage; those that no desk lead has seen yet are made as the house starts."""
    found = {(one.priority, one.stage): one for one in DeadlinePolicy.objects.all()}
    missing = _DEFAULTS.keys() - found.keys()
    if not missing:
        return found
    DeadlinePolicy.objects.bulk_create(
        (_default(priority, stage) for priority, stage in sorted(missing)), ignore_conflicts=True
    )
    return current()


def _default(priority: str, stage: str) -> DeadlinePolicy:
    minutes, warn_before, escalate_every, is_promised = _DEFAULTS[priority, stage]
    return DeadlinePolicy(
        priority=priority,
        stage=stage,
        minutes=minutes,
        warn_before=warn_before,
        escalate_every=escalate_every,
        is_promised=is_promised,
    )
