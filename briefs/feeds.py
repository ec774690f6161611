"""The Atom feed: the newest briefs that fit the filters of its address."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed

from briefs import finding
from briefs.models import Brief

_ENTRIES = 30


class BriefFeed(Feed):
    """One feed for every wish: `?country=ML`, `?language=fr`, `?q=convoy`."""

    feed_type = Atom1Feed
    title = "Derisk briefs"
    subtitle = "Security risk in Africa: what we expect, how likely it is, and by when."
    author_name = "Derisk"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> finding.Wish:
        return finding.wish_from(request.GET)

    def link(self, wish: finding.Wish) -> str:
        return settings.SITE_URL + wish.url()

    def feed_url(self, wish: finding.Wish) -> str:
        return settings.SITE_URL + wish.feed_url()

    def feed_guid(self, wish: finding.Wish) -> str:
        return self.feed_url(wish)

    def items(self, wish: finding.Wish) -> QuerySet[Brief]:
        return wish.briefs().newest().teasers()[:_ENTRIES]

    def item_title(self, item: Brief) -> str:
        return item.title

    def item_description(self, item: Brief) -> str:
        return item.summary

    def item_link(self, item: Brief) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_guid(self, item: Brief) -> str:
        return f"urn:uuid:{item.uid}"

    def item_pubdate(self, item: Brief) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Brief) -> datetime:
        return item.updated_at

    def item_categories(self, item: Brief) -> list[str]:
        return item.country_names
