"""Which briefs a text rests on: those that it links to."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from briefs.models import Brief
from proposals import schema


def cited(blocks: Sequence[schema.Block]) -> list[Brief]:
    """The public briefs that the blocks link to, in the order of their first link."""
    slugs = list(dict.fromkeys(filter(None, map(_slug, _links(blocks)))))
    found = {brief.slug: brief for brief in Brief.objects.public().filter(slug__in=slugs)}
    return [found[slug] for slug in slugs if slug in found]


def _links(blocks: Sequence[schema.Block]) -> Iterator[str]:
    for block in blocks:
        if block["t"] == "p" or block["t"] == "h3":
            yield from (run["href"] for run in block["runs"] if "href" in run)
        else:
            for item in block["items"]:
                yield from _links(item)


def _slug(url: str) -> str:
    """The slug in the address of a brief of ours, else nothing."""
    if not url.startswith(f"{settings.SITE_URL}/"):
        return ""
    try:
        found = resolve(urlsplit(url).path)
    except Resolver404:
        return ""
    return str(found.kwargs["slug"]) if found.view_name == "briefs:brief" else ""
