"""How a feed is written down: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1.

A browser shows the first two as a page: by a style sheet, and by elements of XHTML that feed readers pass over
(RFC 4287 section 6, RSS 2.0 "Extending RSS"). Browsers no longer run XSLT.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from django.templatetags.static import static
from django.utils.feedgenerator import (
    Atom1Feed,
    Rss201rev2Feed,
    Stylesheet,
    SyndicationFeed,
    rfc3339_date,
)
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

_XHTML = "http://www.w3.org/1999/xhtml"


class HouseFeed(SyndicationFeed):
    """A feed that is the same bytes each time it is made of the same entries, also without any."""

    content_type: str

    def latest_post_date(self) -> datetime:
        moment: datetime = super().latest_post_date() if self.items else self.feed["changed_at"]
        return moment


class AtomFeed(HouseFeed, Atom1Feed):
    """Atom: each entry with its summary, its whole text and its own language."""

    content_type = "application/atom+xml; charset=utf-8"

    def write(self, outfile: IO[Any], encoding: str) -> None:
        # As Django has it, with the style sheets that it writes for RSS only.
        handler = SimplerXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        for stylesheet in self.feed["stylesheets"]:
            handler.processingInstruction("xml-stylesheet", stylesheet)
        _start(handler, "feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        _greet(handler, self.feed)

    def item_attributes(self, item: Mapping[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        _show(handler, item)
        # Django would call the summary HTML, and a "<" in it would be a tag.
        super().add_item_elements(handler, item | {"description": None})
        handler.addQuickElement("summary", item["description"], {"type": "text"})
        handler.addQuickElement("content", item["content"], {"type": "html"})


class RssFeed(HouseFeed, Rss201rev2Feed):
    """RSS: what Atom says, as far as it has words, with those of others for the rest."""

    content_type = "application/rss+xml; charset=utf-8"

    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        _greet(handler, self.feed)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        _show(handler, item)
        # A description is HTML to every reader.
        super().add_item_elements(handler, item | {"description": escape(item["description"])})
        handler.addQuickElement("content:encoded", item["content"])
        handler.addQuickElement("dc:language", item["language"])
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))


class JsonFeed(HouseFeed):
    """JSON Feed 1.1 (https://jsonfeed.org/version/1.1)."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: IO[Any], encoding: str) -> None:
        feed = self.feed
        document = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed["title"],
            "home_page_url": feed["link"],
            "feed_url": feed["feed_url"],
            "description": feed["description"],
            "language": feed["language"],
            "authors": [{"name": feed["author_name"], "url": feed["author_link"]}],
            "items": [_json_item(item) for item in self.items],
        }
        outfile.write(json.dumps(document, ensure_ascii=False))


FORMATS: dict[str, type[HouseFeed]] = {"atom": AtomFeed, "rss": RssFeed, "json": JsonFeed}


def stylesheets() -> list[Stylesheet]:
    """What makes a page of a feed in a browser."""
    return [Stylesheet(static("derisk/feed.css"), mimetype="text/css")]


def _json_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": item["unique_id"],
        "url": item["link"],
        "title": item["title"],
        "summary": item["description"],
        "content_html": item["content"],
        "date_published": item["pubdate"].isoformat(),
        "date_modified": item["updateddate"].isoformat(),
        "language": item["language"],
        "tags": list(item["categories"]),
    }


def _greet(handler: SimplerXMLGenerator, feed: Mapping[str, Any]) -> None:
    """Tell who came with a browser what this is, and where the page of it is."""
    _start(handler, "div", {"xmlns": _XHTML})
    handler.addQuickElement("p", feed["greeting"])
    _start(handler, "p", {})
    handler.addQuickElement("a", feed["page_name"], {"href": feed["link"]})
    handler.endElement("p")
    handler.endElement("div")


def _show(handler: SimplerXMLGenerator, item: Mapping[str, Any]) -> None:
    """The entry's headline for a browser: something to click on, and the day in words."""
    _start(handler, "div", {"xmlns": _XHTML, "lang": item["language"]})
    handler.addQuickElement("a", item["title"], {"href": item["link"]})
    handler.addQuickElement("p", item["line"])
    handler.endElement("div")


def _start(handler: SimplerXMLGenerator, name: str, attributes: dict[str, str]) -> None:
    handler.startElement(name, attributes)  # type: ignore[arg-type]  # as Django itself does
