"""What a client answered on the optional part of the form, in the form's words, for their own page."""

from collections.abc import Iterator

from django.utils import translation

from briefs import dates, geography
from briefs.models import Actor
from intake.catalogue import Budget, Language, Service, Timeframe
from intake.forms import RequestForm
from intake.models import Enquiry

_LISTS = {"services": Service, "timeframe": Timeframe, "budget": Budget, "language": Language}
_ORDER = (
    *("services", "countries_of_interest", "actors", "timeframe", "budget"),
    *("organisation", "job_title", "country", "language"),
)


def answers_of(enquiry: Enquiry, language: str) -> list[tuple[str, str]]:
    """Label and answer of each field that was filled in, in this language; name, mail, phone, words and files aside."""
    with translation.override(language):
        return [
            (str(RequestForm.base_fields[name].label), said)
            for name in _ORDER
            if (said := dates.comma().join(_in_words(name, getattr(enquiry, name), language)))
        ]


def actor_names(slugs: list[str]) -> list[str]:
    """The names of actors; one that is gone keeps its slug."""
    names = dict(Actor.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}
    return [names.get(slug, slug) for slug in slugs]


def _in_words(name: str, answer: str | list[str], language: str) -> Iterator[str]:
    values = answer if isinstance(answer, list) else [answer] if answer else []
    if name == "actors":
        yield from actor_names(values)
    elif name in ("country", "countries_of_interest"):
        yield from (geography.country_name(code, language) for code in values)
    else:
        labels = dict(_LISTS[name].choices) if name in _LISTS else {}
        yield from (str(labels.get(value, value)) for value in values)
