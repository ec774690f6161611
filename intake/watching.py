"""What of the house's measures is too much: for the page Watch and for alerts."""

from dataclasses import dataclass

from intake.measuring import Measures

_MINUTE, _DAY = 60.0, 86_400.0
_NEVER = float("inf")
_LEADS = "intake_lead_changelist"
_LISTS = "intake_sanctionslist_changelist"
_HOLDS = "intake_hold_changelist"
_JOBS = "jobs_job_changelist"
_MAIL = "mail_message_changelist"
_BEATS = "jobs_heartbeat_changelist"


@dataclass(frozen=True)
class Reading:
    """One line of the page Watch: what, how much, and how much is too much. Without a limit it is only told."""

    name: str
    label: str
    value: float | None
    limit: float | None = None
    is_count: bool = False
    page: str = ""
    query: str = ""
    is_alert: bool = True  # whether desk leads get a mail; else the page alone says it

    @property
    def is_over(self) -> bool:
        """Whether somebody should look."""
        return self.limit is not None and self.value is not None and self.value > self.limit

    @property
    def told(self) -> str:
        """The value in words."""
        return "none" if self.value is None else self._told(self.value)

    @property
    def limit_told(self) -> str:
        """The limit in words; empty without one."""
        return "" if self.limit is None else self._told(self.limit)

    def _told(self, value: float) -> str:
        return f"{value:.0f}" if self.is_count else in_words(value)


def readings(measures: Measures) -> list[Reading]:
    """What the page shows and alerts look at, in the order of the work."""
    return [*_of_leads(measures), *_of_deadlines(measures), *_of_machines(measures)]


def _of_leads(m: Measures) -> list[Reading]:
    slowest = m.time_to_route.get("1")
    return [
        _age("unrouted", "Oldest without an adviser", m.oldest_unrouted, 10 * _MINUTE, _LEADS, "status__exact=new"),
        _age("quarantined", "Oldest in quarantine", m.oldest_quarantined, _DAY, _LEADS, "status__exact=quarantined"),
        _age("held", "Oldest held for a decision", m.oldest_held, 4 * 60 * _MINUTE, _HOLDS),
        _count("left_behind", "Open leads of people who may not log in", m.left_behind, 0, _LEADS, "whose=left"),
        _count("sanctions_lists", "Sanctions lists in use (0: nobody is screened)", m.sanctions_lists, None, _LISTS),
        _count("stale_lists", "Sanctions lists out of date", m.stale_lists, 0, _LISTS),
        _age("time_to_route", "From receipt to adviser, slowest of the last hour", slowest, 10 * _MINUTE),
    ]  # fmt: skip


def _of_deadlines(m: Measures) -> list[Reading]:
    return [
        # No mail of its own: each of them is told step by step already.
        _count("overdue", "Deadlines overdue", m.overdue, 0, _LEADS, "due=late", is_alert=False),
        _age("overdue_longest", "Longest overdue deadline", m.oldest_overdue, _DAY, _LEADS, "due=late"),
        _count("at_risk", "Deadlines due soon", m.at_risk, None, _LEADS, "due=soon"),
        _count("missed", "Deadlines missed and done since, in 24 hours", m.missed_lately, None),
        _age("deadline_sweep", "A deadline that the sweep should have looked at", m.deadline_lag, 10 * _MINUTE),
    ]  # fmt: skip


def _of_machines(m: Measures) -> list[Reading]:
    failed = m.messages.get("failed", 0)
    return [
        _age("queue", "Oldest job that is due", m.oldest_job, 5 * _MINUTE, _JOBS, "state__exact=pending"),
        _count("dead_jobs", "Jobs failed for good", m.dead_jobs, 0, _JOBS, "state__exact=dead"),
        _age("unsent", "Oldest message that has not left", m.oldest_unsent, 30 * _MINUTE, _MAIL, "state__exact=queued"),
        _count("failed", "Messages given up, in 24 hours", failed, 0, _MAIL, "state__exact=failed"),
        *(
            _age(f"silent_{name}", f"Last sign of the {name}", m.heartbeats.get(name, _NEVER), 90, _BEATS)
            for name in ("sweep", "worker")
        ),
    ]  # fmt: skip


def _age(
    name: str, label: str, value: float | None, limit: float, page: str = "", query: str = ""
) -> Reading:
    return Reading(name, label, value, limit, page=page, query=query)


def _count(
    name: str,
    label: str,
    value: int,
    limit: int | None,
    page: str = "",
    query: str = "",
    is_alert: bool = True,
) -> Reading:
    return Reading(
        name, label, value, limit, is_count=True, page=page, query=query, is_alert=is_alert
    )


def in_words(seconds: float) -> str:
    """An age as people say it: 40 s, 12 min, 3 h 20 min, 2 d 4 h."""
    if seconds == _NEVER:
        return "never"
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    if minutes < 120:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
