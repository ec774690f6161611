"""What search engines read of a brief: schema.org, as JSON-LD."""

import json
import textwrap
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from briefs import alternates, geography, topics
from briefs.reading import BriefPage

_HEADLINE = 110  # characters that Google shows
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def of_page(page: BriefPage) -> SafeString:
    """The JSON of a brief's page in its language, safe inside a script element."""
    with translation.override(page.brief.language):
        text = json.dumps([_article(page), _breadcrumbs(page)], ensure_ascii=False)
    return mark_safe(text.translate(_ESCAPED))  # noqa: S308  # nosec B308, B703  # escaped above


def _article(page: BriefPage) -> dict[str, Any]:
    brief = page.brief
    url = settings.SITE_URL + brief.get_absolute_url()
    house = {"@type": "Organization", "name": settings.HOUSE["name"], "url": settings.SITE_URL}
    made = {
        "@context": "https://schema.org",
        "@type": ["AnalysisNewsArticle", "Report"],
        "headline": textwrap.shorten(brief.title, _HEADLINE, placeholder="…"),
        "alternativeHeadline": brief.title if len(brief.title) > _HEADLINE else "",
        "description": brief.summary,
        "url": url,
        "mainEntityOfPage": url,
        "inLanguage": brief.language,
        "isAccessibleForFree": True,
        "author": house,
        "publisher": house
        | {"correctionsPolicy": f"{settings.SITE_URL}{reverse('briefs:methodology')}#corrections"},
        "publishingPrinciples": settings.SITE_URL + reverse("briefs:methodology"),
        "keywords": [topics.topic_name(slug) for slug in brief.topics],
        "wordCount": brief.word_count,
        "about": [{"@type": "Organization", "name": actor.label} for actor in page.actors],
        "contentLocation": [*_countries(page), *_places(page)],
        "temporalCoverage": _period(page),
        "image": f"{url}card.png",
        **_dates(page),
    }
    return {name: value for name, value in made.items() if value not in ([], None, "")}


def _dates(page: BriefPage) -> dict[str, Any]:
    brief = page.brief
    if not brief.published_at:
        return {}
    return {
        "reportNumber": brief.reference,
        "datePublished": brief.published_at.isoformat(),
        "dateModified": (brief.modified_at or brief.published_at).isoformat(),
        **_translations(page),
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": line.text,
                "datePublished": line.made_at.isoformat(),
            }
            for line in page.corrections
        ],
    }


def _period(page: BriefPage) -> str:
    """From its first incident, or else its data cut-off, to the last day that it judges: ISO 8601."""
    cutoff = page.brief.data_cutoff
    begins = min((line.occurred_on for line in page.incidents), default=cutoff and cutoff.date())
    ends = max((line.horizon_on for line in page.judgements), default=None)
    return f"{begins.isoformat()}/{ends.isoformat()}" if begins and ends else ""


def _translations(page: BriefPage) -> dict[str, Any]:
    """What it is a translation of, if readers can see that; of an original, its translations."""
    works = [
        {
            "@type": "Report",
            "inLanguage": other["language"],
            "url": settings.SITE_URL + reverse("briefs:brief", args=[other["slug"]]),
        }
        for other in page.translations
    ]
    if page.brief.translated_from_id is None:
        return {"workTranslation": works}
    sources = [other["is_source"] for other in page.translations]
    return {"translationOfWork": works[sources.index(True)]} if True in sources else {}


def _countries(page: BriefPage) -> list[dict[str, Any]]:
    return [
        {"@type": "Country", "name": geography.country_name(code, page.brief.language)}
        for code in page.brief.countries
    ]


def _places(page: BriefPage) -> list[dict[str, Any]]:
    return [
        {
            "@type": "Place",
            "name": place.name,
            "address": {"@type": "PostalAddress", "addressCountry": place.country},
            "geo": {
                "@type": "GeoCoordinates",
                "latitude": place.latitude,
                "longitude": place.longitude,
            },
        }
        for place in page.places
    ]


def _breadcrumbs(page: BriefPage) -> dict[str, Any]:
    spoken = alternates.language_query(page.brief.language)
    steps: list[tuple[str, str, list[str]]] = [
        ("Derisk", "briefs:home", []),
        (gettext("Briefs"), "briefs:list", []),
    ]
    if page.brief.countries:
        code = page.brief.countries[0]
        name = geography.country_name(code, page.brief.language)
        steps.append((name, "briefs:country", [code.lower()]))
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": number,
                "name": name,
                "item": settings.SITE_URL + reverse(view, args=args) + spoken,
            }
            for number, (name, view, args) in enumerate(steps, start=1)
        ],
    }
