"""What Prometheus reads at /metrics: the measures of the page Watch, without any personal data in names or labels."""

import hmac
from collections.abc import Callable, Iterator, Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from intake import measuring, watching
from intake.measuring import Measures


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All measures of this moment; 404 for whoever may not read them, as if there were nothing."""
    if not _may_read(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(_Measured(measuring.measure()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    """By the token; without one set, anybody where there is no https: a demo, not production."""
    if not settings.METRICS_TOKEN:
        return not settings.HTTPS
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    is_same = hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    return kind.lower() == "bearer" and is_same


def _over(measures: Measures) -> float:
    return sum(one.is_over for one in watching.readings(measures))


class _Measured(Collector):
    """Measures in Prometheus' words."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    def collect(self) -> Iterator[Metric]:
        """Every metric; one without a value is left out."""
        measures = self._measures
        for name, (text, read) in SINGLE.items():
            value = read(measures)
            if value is not None:
                yield GaugeMetricFamily(f"derisk_{name}", text, value=value)
        for name, (text, label, values) in LABELLED.items():
            family = GaugeMetricFamily(f"derisk_{name}", text, labels=[label])
            for key, value in values(measures).items():
                family.add_metric([key], value)
            yield family
        yield _deadlines(measures)


SINGLE: dict[str, tuple[str, Callable[[Measures], float | None]]] = {
    "queue_age_seconds": ("For how long the oldest due job has waited.", lambda m: m.oldest_job or 0),
    "jobs_dead": ("Jobs failed for good.", lambda m: m.dead_jobs),
    "sweep_lag_seconds": ("Since the last sweep.", lambda m: m.heartbeats.get("sweep")),
    "unrouted_oldest_seconds": ("Age of the oldest lead without an adviser.", lambda m: m.oldest_unrouted or 0),
    "leads_quarantined": ("Leads in quarantine.", lambda m: m.quarantined),
    "quarantine_oldest_seconds": ("Age of the oldest lead in quarantine.", lambda m: m.oldest_quarantined or 0),
    "leads_held": ("Leads held until somebody has decided about them.", lambda m: m.held),
    "held_oldest_seconds": ("Age of the oldest hold.", lambda m: m.oldest_held or 0),
    "leads_left_behind": ("Open leads of people who may not log in.", lambda m: m.left_behind),
    "sanctions_lists_stale": ("Sanctions lists older than they may be.", lambda m: m.stale_lists),
    "routed_last_hour": ("Leads received within the last hour that have an adviser.", lambda m: m.routed),
    "deadline_overdue_oldest_seconds": ("How long the worst deadline is overdue.", lambda m: m.oldest_overdue or 0),
    "deadlines_missed_day": ("Deadlines missed, and done within the last day.", lambda m: m.missed_lately),
    "deadline_sweep_lag_seconds": ("For how long a deadline has waited for the sweep.", lambda m: m.deadline_lag or 0),
    "message_unsent_oldest_seconds": ("Age of the oldest message that has not left.", lambda m: m.oldest_unsent or 0),
    "alerts_standing": ("Readings over their limit, as the page Watch has them.", _over),
}  # fmt: skip
LABELLED: dict[str, tuple[str, str, Callable[[Measures], Mapping[str, float]]]] = {
    "jobs_due": ("Jobs that are due, by kind.", "kind", lambda m: m.due_jobs),
    "heartbeat_age_seconds": ("Since each process last showed that it works.", "process", lambda m: m.heartbeats),
    "leads_unrouted": ("Leads without an adviser, by age in seconds.", "younger_than", lambda m: m.unrouted),
    "time_to_route_seconds": ("Receipt to adviser, of the last hour.", "quantile", lambda m: m.time_to_route),
    "messages_day": ("Messages of the last day, by state.", "state", lambda m: m.messages),
}  # fmt: skip


def _deadlines(measures: Measures) -> Metric:
    family = GaugeMetricFamily(
        "derisk_deadlines", "Running deadlines by stage and state.", labels=["stage", "state"]
    )
    for stage, count in measures.stages.items():
        for state, number in vars(count).items():
            family.add_metric([stage, state], number)
    return family
