"""Which briefs a query of the API asks for, and where one brief is."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from briefs import geography
from briefs.api import fields, parameters, reading
from briefs.models import Brief, BriefKind, BriefQuerySet, FormerAddress, brief_queryset
from briefs.models.words import SEARCH_CONFIGS
from briefs.topics import Topic

_REFERENCE = re.compile(r"DR-\d{4}-\d{4,}", re.ASCII)
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
GONE = "There is no public brief here."

FILTERS: tuple[parameters.Parameter, ...] = (
    parameters.COUNTRY,
    parameters.PRIMARY_COUNTRY,
    parameters.REGION,
    parameters.ACTOR,
    parameters.one_of("topic", Topic.values, "Filed under this topic."),
    parameters.one_of("kind", BriefKind.values, "Of this kind."),
    parameters.one_of("language", SEARCH_CONFIGS, "Written in this language."),
    parameters.Q_WORDS,
    parameters.moment("published_after", "Published then or later."),
    parameters.moment("published_before", "Published before then."),
    parameters.IDS,
)

_APPLY: dict[str, Callable[[BriefQuerySet, Any], BriefQuerySet]] = {
    "country": lambda rows, code: rows.about_country(code),
    "primary_country": lambda rows, code: rows.filter(countries__0=code),
    "region": lambda rows, name: rows.filter(countries__overlap=list(geography.REGIONS[name])),
    "actor": lambda rows, slug: rows.with_actor(slug),
    "topic": lambda rows, slug: rows.with_topic(slug),
    "kind": lambda rows, kind: rows.filter(kind=kind),
    "language": lambda rows, code: rows.in_language(code),
    "q": lambda rows, words: rows.matching(words),
    "published_after": lambda rows, moment: rows.filter(published_at__gte=moment),
    "published_before": lambda rows, moment: rows.filter(published_at__lt=moment),
    "ids": lambda rows, ids: rows.filter(_any_of(ids)),
}
NAMES = tuple(_APPLY)


def narrow(briefs: BriefQuerySet, query: dict[str, Any]) -> BriefQuerySet:
    """Those of the briefs that fit a query that was read."""
    for name, apply in _APPLY.items():
        if name in query:
            briefs = apply(briefs, query[name])
    return briefs


def newest(
    briefs: BriefQuerySet, query: dict[str, Any], by_walking: bool | None = None
) -> BriefQuerySet:
    """Those of the briefs that fit a query that was read, newest first; `by_walking` when it was asked already."""
    found = narrow(briefs, query)
    walks = is_everywhere(query) if by_walking is None else by_walking
    return found.newest() if walks or "q" not in query else found.newest_by_words()


def is_everywhere(query: dict[str, Any]) -> bool:
    """Whether PostgreSQL expects most briefs to hold the words of the query, if it has any."""
    return "q" in query and brief_queryset.is_everywhere(query["q"])


def one(key: str, names: Iterable[str], *more: str) -> dict[str, Any]:
    """The row of the public brief with this reference, uid or slug, for these fields.

    Raises Http404; reading.Withdrawn with the reason, Moved with the slug that its former one leads to.
    """
    row = fields.select(Brief.objects.public().filter(named(key)), names, *more).first()
    if row is not None:
        found: dict[str, Any] = row
        return found
    gone = Brief.objects.withdrawn().filter(named(key)).values_list("withdrawal_reason").first()
    if gone is not None:
        raise reading.Withdrawn(gone[0])
    former = FormerAddress.objects.filter(slug=key, brief__in=Brief.objects.public())
    slug = former.values_list("brief__slug", flat=True).first()
    raise Moved(slug) if slug else Http404(GONE)


class Moved(Exception):
    """The brief has another slug now."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def named(key: str) -> Q:
    """The brief with this reference, uid or slug."""
    if _REFERENCE.fullmatch(key):
        return Q(reference=key)
    if _UID.fullmatch(key):
        return Q(uid=UUID(key))
    return Q(slug=key)


def _any_of(keys: Iterable[str]) -> Q:
    keys = list(keys)
    references = [key for key in keys if _REFERENCE.fullmatch(key)]
    uids = [UUID(key) for key in keys if _UID.fullmatch(key)]
    return Q(reference__in=references) | Q(uid__in=uids) | Q(slug__in=keys)
