"""The picture of a brief for other sites, 1200 by 630 pixels: drawn by a job, once for each text that readers get.

Texts go to Typst as one JSON string and are placed as text: nothing in them is read as markup.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from briefs import dates, geography, glyphs, reading
from briefs.models import Brief, CardImage, Edition, Revision
from jobs import queue
from jobs.kinds import Finish
from jobs.models import Job

TEMPLATE = Path(__file__).parent / "typst"
YEAR = 31_536_000  # seconds
_COUNTRIES = 2
_BATCH = 20  # a picture takes a worker about half a second
_KIND, _KEY = "briefs.card_image", "card:"


@dataclass(frozen=True)
class Card:
    """What is served at a brief's address for its picture: the text's number, and no bytes until they are made."""

    revision_id: int
    png: bytes | None


def ask(edition: Edition) -> queue.Ask:
    """To have the picture of a text made."""
    return _ask(edition.revision_id)


@transaction.atomic
def ask_for_missing() -> int:
    """Have pictures made of the newest public texts without one and without a job; return of how many.

    Texts were published before there were pictures. A job that died is left to staff.
    """
    key = Concat(Value(_KEY), Cast(OuterRef("live_revision_id"), CharField()))
    asked = Job.objects.filter(kind=_KIND, key=key)
    without = Brief.objects.public().filter(~Exists(asked), live_revision__card__isnull=True)
    asks = [_ask(pk) for pk in without.newest().values_list("live_revision_id", flat=True)[:_BATCH]]
    if asks:
        queue.enqueue(*asks)
    return len(asks)


def _ask(revision_id: int) -> queue.Ask:
    return queue.Ask(kind=_KIND, subject_id=revision_id, key=f"{_KEY}{revision_id}")


def make(*, revision_id: int) -> Finish | None:
    """Draw the picture of a text and return what stores it; None when there is one already.

    Raises ImproperlyConfigured without fonts, typst.TypstError for a template at fault.
    """
    revision = Revision.objects.select_related("brief").get(pk=revision_id)
    if CardImage.objects.filter(revision=revision).exists():
        return None
    png = draw(reading.page_of_snapshot(revision.brief, revision.snapshot))

    def store() -> None:
        row = CardImage(
            revision=revision,
            png=png,
            digest=hashlib.sha256(png).hexdigest(),
            made_with=_engine(),
        )
        # Two workers may have drawn it: the first one's stays.
        CardImage.objects.bulk_create([row], ignore_conflicts=True)

    return lambda: transaction.atomic(store)()


def draw(page: reading.BriefPage) -> bytes:
    """The picture of a page as a PNG."""
    return _compile(_written(page))


def draw_house() -> bytes:
    """The picture of the house itself, kept as config/static/derisk/card.png."""
    return _compile({"language": "en", "title": "What we expect, how likely it is, and by when"})


def read(slug: str) -> Card | None:
    """The picture of a public brief, in one statement; None when readers do not see the brief."""
    found: Any = Brief.objects.public().filter(slug=slug)
    row = found.values_list("live_revision_id", "live_revision__card__png").first()
    return row and Card(row[0], row[1] and bytes(row[1]))


def address(brief: Brief) -> str:
    """Where the picture of a brief is, by the number of its text: what is there never changes."""
    if brief.live_revision_id is None:
        return house_address()
    return f"{reverse('briefs:card', args=[brief.slug])}?v={brief.live_revision_id}"


def house_address() -> str:
    """Where the picture of the house is."""
    return static("derisk/card.png")


def _written(page: reading.BriefPage) -> dict[str, Any]:
    """Every text of the picture, in the brief's language, printable."""
    brief = page.brief
    with translation.override(brief.language):
        made = {
            "language": brief.language,
            "title": brief.title,
            "kind": brief.get_kind_display(),
            "sample": gettext("Sample") if brief.is_sample else "",
            "where": _where(brief),
            "date": dates.long_date(brief.published_at) if brief.published_at else "",
            "reference": brief.reference or "",
            "judgement": _judgement(page),
        }
    return {name: _printable(value) for name, value in made.items()}


def _where(brief: Brief) -> str:
    names = [geography.country_name(code, brief.language) for code in brief.countries]
    more = f" +{len(names) - _COUNTRIES}" if len(names) > _COUNTRIES else ""
    return dates.comma().join(names[:_COUNTRIES]) + more


def _judgement(page: reading.BriefPage) -> dict[str, Any] | None:
    if not page.judgements:
        return None
    line = page.judgements[0]
    return {
        "text": line.text,
        "likelihood": str(line.likelihood.label),
        "horizon": gettext("by %(date)s") % {"date": dates.long_date(line.horizon_on)},
        "steps": [{"width": step.width, "chosen": step.chosen} for step in line.steps],
    }


def _printable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _printable(item) for name, item in value.items()}
    return glyphs.printable(value) if isinstance(value, str) else value


def _compile(data: dict[str, Any]) -> bytes:
    png = typst.compile(
        str(TEMPLATE / "card.typ"),
        root=str(TEMPLATE),
        font_paths=glyphs.typst_fonts(glyphs.folder()),
        sys_inputs={"data": json.dumps(data)},
        format="png",
        ppi=72,  # a point is a pixel
    )
    return png if isinstance(png, bytes) else bytes(png[0])  # never a second page


@cache
def _engine() -> str:
    """What a picture was made with, to be kept beside it."""
    fonts, template = glyphs.font_files(), tuple(sorted(TEMPLATE.iterdir()))
    return (
        f"typst {version('typst')}, fonts {glyphs.fingerprint(fonts)[:16]}, "
        f"template {glyphs.fingerprint(template)[:16]}"
    )
