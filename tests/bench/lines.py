"""What is measured, and the lines that it must hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.bench.generating import slug_of

# Any such header takes a request past the kept pages.
UNCACHED = {"Authorization": "Bench"}
WAGTAIL_SEARCH_MS = (
    3_774  # a common word over 100,000 pages; measured on this machine, see docs/performance.md
)
BRIEFS = 400
# Pages that no process has served before, though the database keeps them: others in each round, each once.
NEW_BRIEFS = 1_600


@dataclass(frozen=True)
class Probe:
    """Addresses to ask for in turn, and how."""

    name: str
    paths: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)
    sizes: tuple[str, ...] = ("large",)
    loads: tuple[int, ...] = (1,)  # clients at once
    body: str = ""
    words: str = ""  # of a search
    is_new: bool = False  # whether each round asks for addresses of its own, once each


def _pages(count: int) -> tuple[str, ...]:
    return tuple(f"/briefs/{slug_of(n)}/" for n in range(1, count + 1))


def _q(words: str) -> str:
    return f"/briefs/?q={quote(words)}"


SEARCHES = {
    "rare": "quarantine",
    "medium": "ferry",
    "two words": "ferry barge",
    "common": "convoy",
    "commonest": "security",
    "phrase": '"fuel convoy"',
    "minus": "convoy -fuel",
    "Arabic": "القوات المسلحة",
    "accents": "menaka secheresse",
    "no hit": "tamboctou",
}
BOTH = ("small", "large")
# Of 1,000 briefs 86 fit and of 100,000 8,610: a whole page of both, so that what grows is the set and not the page.
_OFTEN = "country=AO&topic=armed-conflict"
# Without a line of their own: their plans are looked at.
_ONLY_LARGE = {
    "list, filtered to a few": "/briefs/?country=ML&topic=crime",  # 256
    "API list, filtered to a few": "/api/v1/briefs/?country=ML&topic=crime",
    "incidents API": "/api/v1/incidents/",
    "incidents API, country": "/api/v1/incidents/?country=ML",
    "incidents API, actor": "/api/v1/incidents/?actor=front-7",
    "incidents API, type and days": "/api/v1/incidents/?event_type=protests&occurred_after=2024-01-01",
    "incidents API, near": "/api/v1/incidents/?near=14.5,-4.2,100",
    "incidents API, box": "/api/v1/incidents/?bbox=-5,10,5,20",
    "incidents, GeoJSON": "/api/v1/incidents.geojson?country=ML",
    "sitemap index": "/sitemap.xml",
    "sitemap of briefs": "/sitemap-briefs-1.xml",
    "sitemap of pages": "/sitemap-pages.xml",
    "sitemap of news": "/sitemap-news.xml",
}
# Whose processor time in the web process is told.
WEIGHED = ("brief page, uncached", "list, first page", "list, filtered", "home page", "country page",
           "API list", "search, rare", "search, commonest", "search, two words")  # fmt: skip


def probes(small: int) -> list[Probe]:
    """Everything that is asked for, references first; `small` is the number of briefs in the small database."""
    briefs = _pages(min(small, BRIEFS))
    last = small // 20
    api = "/api/v1/briefs/"
    return [
        Probe("H", ("/h",), sizes=("bare",), loads=(8, 1)),
        Probe("I", ("/i",), sizes=("bare",), loads=(8,), body='{"email": "a@client.example", "needs": "'
              + "x" * 1_000 + '"}'),
        Probe("L20", ("/l20",), sizes=("bare",), loads=(8, 1)),
        Probe("brief page, cached", briefs[:20], loads=(8, 1)),
        Probe("brief page, 304", briefs[:1], loads=(8,)),
        Probe("brief page, uncached", _pages(NEW_BRIEFS), UNCACHED, BOTH, (8, 1), is_new=True),
        Probe("brief page, asked before", briefs[:20], UNCACHED, loads=(8, 1)),
        Probe("list, cached", ("/briefs/",), loads=(8,)),
        Probe("list, first page", ("/briefs/",), UNCACHED, BOTH, (1, 8)),
        Probe("list, deep page", ("/briefs/?page={deep}",), UNCACHED, BOTH),
        Probe("list, page 40", (f"/briefs/?page={min(40, last)}",), UNCACHED, BOTH),
        Probe("list, filtered", (f"/briefs/?{_OFTEN}",), UNCACHED, BOTH),
        Probe("home page", ("/",), UNCACHED, BOTH),
        Probe("country page", ("/countries/ml/",), UNCACHED, BOTH),
        Probe("actor page", ("/actors/front-7/",), UNCACHED, BOTH),
        Probe("topic page", ("/topics/crime/",), UNCACHED, BOTH),
        Probe("feed", ("/briefs/feed.atom?topic=crime",), UNCACHED, BOTH),
        Probe("API list, cached", (api,), loads=(8,)),
        Probe("API list", (api,), UNCACHED, BOTH, (8, 1)),
        Probe("API list, filtered", (f"{api}?{_OFTEN}",), UNCACHED, BOTH),
        Probe("API list, deep cursor", ("{cursor}",), UNCACHED, BOTH),
        Probe("API list, updated_since", (api + "?updated_since=2022-01-01T00:00:00Z",), UNCACHED, BOTH),
        *(Probe(name, (path,), UNCACHED) for name, path in _ONLY_LARGE.items()),
        *(
            Probe(f"search, {name}", (_q(words),), UNCACHED, BOTH, words=words)
            for name, words in SEARCHES.items()
        ),
        Probe("search, commonest, newest first", (_q("security") + "&sort=newest",), UNCACHED, BOTH),
        Probe("API search, rare", (api + "?q=quarantine",), UNCACHED, BOTH, words="quarantine"),
        Probe("API search, commonest", (api + "?q=security",), UNCACHED, BOTH, words="security"),
    ]  # fmt: skip


def is_kept(name: str) -> bool:
    """Whether the answers of the probe with this name are kept pages."""
    return name.endswith((", cached", ", 304"))


@dataclass(frozen=True)
class Line:
    """A promise: the ratio of a figure to a reference, or the figure itself, and what it must not pass."""

    name: str
    value: Callable[["Seen"], float]
    unit: str
    reference: Callable[["Seen"], float] | None
    reference_name: str
    line: str
    holds: Callable[[float], bool]  # of the ratio; of the value where there is no reference
    sql: str = ""  # the probe whose statements are told
    most_sql: int | None = None


class Seen:
    """What the rounds have shown: medians over the rounds, by probe, size and load."""

    def __init__(self, medians: dict[tuple[str, str, int], dict[str, float]], more: dict[str, Any]):
        self.medians = medians
        self.more = more

    def rate(self, name: str, size: str = "large") -> float:
        """Answers a second with eight clients."""
        return self.medians[name, size, 8]["rate"]

    def p50(self, name: str, size: str = "large") -> float:
        """Milliseconds that the middle one of one client's answers took."""
        return self.medians[name, size, 1]["p50"]


def _rate(name: str, size: str, of: str, size_of: str, least: float, **more: Any) -> Line:
    return Line(
        name=f"{name} ({size})" if size == "small" else name,
        value=lambda seen: seen.rate(name, size),
        unit="requests/s, 8 clients",
        reference=lambda seen: seen.rate(of, size_of),
        reference_name=of,
        line=f">= {least}",
        holds=lambda ratio: ratio >= least,
        sql=name,
        **more,
    )


def _growth(name: str, most: float, **more: Any) -> Line:
    return Line(
        name=f"{name}, growth",
        value=lambda seen: seen.p50(name),
        unit="ms, 1 client, p50",
        reference=lambda seen: seen.p50(name, "small"),
        reference_name="the same in the small database",
        line=f"<= {most}",
        holds=lambda ratio: ratio <= most,
        sql=name,
        **more,
    )


def _search(name: str) -> Line:
    probe = f"search, {name}"
    return Line(
        name=probe,
        value=lambda seen: seen.p50(probe),
        unit="ms, 1 client, p50",
        reference=lambda seen: 2 * seen.more["bare"][probe] + 12 * seen.p50("L20", "bare"),
        reference_name="2 x bare ranked SQL + 12 x L20",
        line="<= 1",
        holds=lambda ratio: ratio <= 1,
        sql=probe,
        most_sql=3,
    )


def _against_wagtail(name: str) -> Line:
    return Line(
        name=f"{name}, against Wagtail",
        value=lambda seen: seen.p50(name),
        unit="ms, 1 client, p50",
        reference=lambda seen: WAGTAIL_SEARCH_MS,
        reference_name="Wagtail, common word, 100k",
        line="<= 1/30",
        holds=lambda ratio: ratio <= 1 / 30,
        sql=name,
    )


def lines() -> list[Line]:
    """All lines, in the order in which they are told."""
    return [
        _rate("brief page, cached", "large", "H", "bare", 0.20, most_sql=0),
        _rate("brief page, 304", "large", "H", "bare", 0.20, most_sql=0),
        _rate("brief page, uncached", "large", "H", "bare", 0.015, most_sql=3),
        _growth("brief page, uncached", 1.3, most_sql=3),
        _rate("brief page, asked before", "large", "H", "bare", 0.015, most_sql=3),
        _rate("list, cached", "large", "H", "bare", 0.20, most_sql=0),
        *(
            _growth(f"list, {which}", 1.3, most_sql=3)
            for which in ("first page", "deep page", "page 40", "filtered")
        ),
        *(_growth(f"{which} page", 1.3) for which in ("home", "country", "actor", "topic")),
        _growth("feed", 1.3),
        _rate("API list, cached", "large", "H", "bare", 0.15, most_sql=0),
        _rate("API list", "large", "L20", "bare", 0.10, most_sql=2),
        _growth("API list", 1.3, most_sql=2),
        *(
            _growth(f"API list, {which}", 1.3, most_sql=2)
            for which in ("filtered", "deep cursor", "updated_since")
        ),
        *(_search(name) for name in SEARCHES),
        *(_against_wagtail(f"search, {name}") for name in ("rare", "common", "commonest", "minus")),
        _against_wagtail("search, commonest, newest first"),
        _against_wagtail("API search, rare"),
        _against_wagtail("API search, commonest"),
    ]
