"""What a reader looks for: the words and filters of a list's address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from briefs import geography, topics
from briefs.models import Brief, BriefQuerySet

PAGE_SIZE = 20
LAST_PAGE = 5_000
SORTS = ("best", "newest")
_LANGUAGES = dict(settings.LANGUAGES)
_SLUG = re.compile(r"[a-z0-9_-]{1,120}")
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True)
class Wish:
    """A reader's wish, cleaned: nothing in it can break a query. An empty value is no filter."""

    q: str = ""
    country: str = ""
    actor: str = ""
    topic: str = ""
    language: str = ""
    sort: str = ""
    page: int = 1

    @property
    def filters(self) -> dict[str, str]:
        """The filters in use, without words and page."""
        names = ("country", "topic", "actor", "language")
        return {name: value for name in names if (value := getattr(self, name))}

    @property
    def spoken(self) -> str:
        """The language to speak to this reader in."""
        return self.language if self.language in _LANGUAGES else settings.LANGUAGE_CODE

    def briefs(self, now: datetime | None = None) -> BriefQuerySet:
        """The public briefs that fit, in no order."""
        found = Brief.objects.public(now)
        if not self.is_possible:
            return found.none()
        if self.q:
            found = found.matching(self.q)
        if self.country:
            found = found.about_country(self.country)
        if self.actor:
            found = found.with_actor(self.actor)
        if self.topic:
            found = found.with_topic(self.topic)
        if self.language:
            found = found.in_language(self.language)
        return found

    def newest(self) -> BriefQuerySet:
        """The public briefs that fit, newest first; with words it asks PostgreSQL how many may hold them."""
        found = self.briefs()
        return found.newest_matching(self.q) if self.q and self.is_possible else found.newest()

    @property
    def is_ranked(self) -> bool:
        """Whether the best come first: so with words, unless the newest are asked for."""
        return bool(self.q) and self.sort != "newest"

    def url(self, **changes: str | int) -> str:
        """The address of the list with some of this wish changed; from its first page unless told."""
        wish = replace(self, **({"page": 1} | changes))  # type: ignore[arg-type]  # names are ours
        words = {"q": wish.q} if wish.q else {}
        sort = {"sort": wish.sort} if wish.sort and wish.q else {}
        page = {"page": str(wish.page)} if wish.page > 1 else {}
        query = urlencode(words | wish.filters | sort | page)
        return reverse("briefs:list") + (f"?{query}" if query else "")

    @property
    def all_url(self) -> str:
        """The address of the list in this language without words and filters; of all briefs when there are none."""
        bare = self.url(q="", country="", topic="", actor="", sort="")
        return bare if bare != self.url() else reverse("briefs:list")

    @property
    def feed_query(self) -> str:
        """What follows the address of a feed of what fits this wish, whatever its order and page."""
        return self.url(sort="").removeprefix(reverse("briefs:list"))

    def feed_url(self, form: str) -> str:
        """The address of the feed of what fits this wish: "atom", "rss" or "json"."""
        return reverse(f"briefs:feed-{form}") + self.feed_query

    def subscribe_url(self) -> str:
        """The address at which to get what fits this wish by mail."""
        _, _, query = self.url(sort="").partition("?")
        only = f"&only={self.language}" if self.language in _LANGUAGES else ""
        return reverse("briefs:subscribe") + (f"?{query}{only}" if query else "")

    @property
    def is_possible(self) -> bool:
        """Whether any brief could fit; PostgreSQL would cut a code that is too long to one that fits."""
        return (
            (not self.country or self.country in geography.AFRICAN_COUNTRIES)
            and (not self.language or self.language in _LANGUAGES)
            and (not self.topic or len(self.topic) <= 40)
            and all(_SLUG.fullmatch(value) for value in (self.topic, self.actor) if value)
        )


def wish_from(query: Mapping[str, str]) -> Wish:
    """The wish in a query string, whatever a stranger wrote there."""
    return Wish(
        q=_words(query.get("q", ""), 200),
        country=_words(query.get("country", ""), 40).upper(),
        actor=_words(query.get("actor", ""), 120).lower(),
        topic=_words(query.get("topic", ""), 40).lower(),
        language=_words(query.get("language", ""), 40).lower(),
        sort=query.get("sort", "") if query.get("sort") in SORTS else "",
        page=_page(query.get("page", "")),
    )


def ignored_in(query: Mapping[str, str]) -> list[str]:
    """What a list makes nothing of, as name=value: unknown names, and values that none of ours could be."""
    wish = wish_from(query)
    values = {
        "country": geography.AFRICAN_COUNTRIES,
        "language": tuple(_LANGUAGES),
        "topic": tuple(topics.Topic.values),
        "sort": SORTS,
    }
    unknown = [name for name in query if name not in ("q", "actor", "page", *values)]
    strange = [
        name
        for name, known in values.items()
        if query.get(name) and (getattr(wish, name) or query[name]) not in known
    ]
    return [f"{_words(name, 40)}={_words(query[name], 40)}" for name in (*unknown, *strange)]


def quoted(words: str) -> str:
    """Words as the language being spoken puts them between quotation marks."""
    return gettext("“%(words)s”") % {"words": words}


def _words(text: str, limit: int) -> str:
    return _UNPRINTABLE.sub(" ", text)[:limit].strip()


def _page(text: str) -> int:
    """A page number; whatever is none means the first, whatever is too large the one past the last."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        return 1
    return min(max(int(text), 1), LAST_PAGE + 1)
