"""What has changed for readers, and when: for mirrors that keep a copy, and for conditional requests.

A brief changes at the latest of its last change and its publication: one that was scheduled has changed at its hour.
One that expired changed at its expiry. What readers never saw never changed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from briefs import prepared
from briefs.models import ONCE_PUBLIC, Brief, BriefQuerySet, Move

CHANGED = Greatest("changed_at", "published_at")
Position = tuple[datetime, UUID | None]
Narrow = Callable[[BriefQuerySet], Any]


def last_change(*more: Any) -> datetime | None:
    """When anything that readers see last changed: never earlier than a moment told before. One statement.

    `more` are `values_list()` of one moment each, the newest first: what else an answer is made of.
    """
    now = timezone.now()
    if more:
        return max((moment for (moment,) in _last(now, *more)), default=None)
    return max((moment for (moment,) in _LAST.read(now=now).rows), default=None)


def newest_change(now: datetime) -> Greatest:
    """As `last_change`, as part of another statement."""
    told = _changed_by(now).order_by("-moment").values("moment")[:1]
    gone = _expired(now).order_by("-expires_at").values("expires_at")[:1]
    return Greatest(Subquery(told), Subquery(gone))


def _last(now: datetime, *more: Any) -> Any:
    told = _changed_by(now).order_by("-moment")
    gone = _expired(now).annotate(moment=F("expires_at")).order_by("-moment")
    others = [moments[:1] for moments in more]
    newest = [rows.values_list("moment")[:1] for rows in (told, gone)]
    return newest[0].union(newest[1], *others, all=True)


_LAST = prepared.Prepared(_last, now=prepared.A_MOMENT)


def changed_since(position: Position, limit: int, narrow: Narrow) -> BriefQuerySet:
    """The first `limit` that fit and that readers see, or saw once, from this moment on: by `moment`, then uid.

    With a uid, those after it. Each carries `moment` and `gone`: why readers do not see it any more, or "".
    """
    now = timezone.now()
    since, after = position
    told = _changed_by(now).filter(_seen()).exclude(_expired_later(now))
    gone: Any = _expired(now).filter(_expired_later(now)).annotate(moment=F("expires_at"))
    first = [
        narrow(_from(rows, since, after)).order_by("moment", "uid").values("pk")[:limit]
        for rows in (told, gone)
    ]
    keys = first[0].union(first[1], all=True)
    found: Any = Brief.objects.filter(pk__in=keys).annotate(moment=_moment(now), gone=_gone(now))
    ordered: BriefQuerySet = found.order_by("moment", "uid")[:limit]
    return ordered


def _changed_by(now: datetime) -> Any:  # annotated, which the type of a QuerySet cannot say
    rows: Any = Brief.objects.filter(status__in=ONCE_PUBLIC, tlp="clear").annotate(moment=CHANGED)
    return rows.filter(moment__lte=now)


def _expired(now: datetime) -> BriefQuerySet:
    return Brief.objects.filter(status="published", tlp="clear", expires_at__lte=now)


def _expired_later(now: datetime) -> Q:
    """Whether the expiry was the last that happened to it."""
    return Q(
        status="published",
        expires_at__isnull=False,
        expires_at__lte=now,
        expires_at__gt=CHANGED,
    )


def _seen() -> Q:
    archived_after = Move.objects.filter(
        brief=OuterRef("pk"), to_status="archived", moved_at__gte=OuterRef("published_at")
    )
    return (
        Q(status="published")
        | Q(status="withdrawn", published_at__lte=F("withdrawn_at"))
        | Q(Exists(archived_after), status="archived")
    )


def _from(rows: Any, since: datetime, after: UUID | None) -> Any:
    rows = rows.filter(moment__gte=since)
    return rows if after is None else rows.filter(Q(moment__gt=since) | Q(uid__gt=after))


def _moment(now: datetime) -> Case:
    return Case(When(_expired_later(now), then=F("expires_at")), default=CHANGED)


def _gone(now: datetime) -> Case:
    return Case(
        When(status="withdrawn", then=Value("withdrawn")),
        When(status="archived", then=Value("archived")),
        When(expires_at__lte=now, then=Value("expired")),
        default=Value(""),
    )
