"""Briefs that readers must not see, one for every way of being hidden, with a word planted wherever a text can be.

`plant()` makes them around a public brief: they share its incident, its place and its actor, so that a count or a
row that forgets the gate gives itself away. `WAYS` names the ways; `ONCE_READ` those whose brief readers once had: of
these a tombstone tells reference, uid and slug, so that their slugs do not hold the word.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import product
from typing import Any

from django.utils import timezone

from briefs import publishing, revising
from briefs.models import Actor, Brief, Citation, Incident, Place, Source, Tlp
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory, publish

_LATER = timedelta(days=3)
_EDITED = ("draft", "in_review", "changes_requested")


def plant(word: str, ways: Iterable[str], beside: Brief, *, after: int = 0) -> list[Brief]:
    """A hidden brief for each way, with the word in it; `beside` is public and shares its facts with them.

    `after` says how many there are already: each has names of its own.
    """
    return [WAYS[way](word, number, beside) for number, way in enumerate(ways, after)]


def _written(word: str, number: int, beside: Brief, *, slug: str = "") -> Brief:
    """A draft that holds the word in every text, and in the rows that it shares with the public brief."""
    unique = f"{word} {number}"
    brief = BriefFactory.create(
        is_published=False,
        slug=slug or f"{word}-{number}",
        title=f"{unique} title",
        summary=f"{unique} summary",
        body=f"<p>{unique} body</p>",
        countries=["ML", "KE"],
        topics=["road-movement", "crime"],
        kind="flash",
    )
    brief.judgements.update(text=f"{unique} judgement")
    own = Actor.objects.create(
        name=f"{unique} front", slug=f"{word}-front-{number}", kind="criminal", aliases=[f"{unique} alias"],
        note=f"{unique} note",
    )  # fmt: skip
    place = Place.objects.create(name=f"{unique} town", country="KE", latitude=-1.0, longitude=37.0)
    incident = Incident.objects.create(
        title=f"{unique} incident", place=place, event_type="riots", sub_type="mob_violence",
        occurred_on=date(2025, 6, 1) + timedelta(days=number), fatalities=4_711,
    )  # fmt: skip
    incident.actors.add(own, *beside.actors.all())
    own.parents.add(*beside.actors.all())
    brief.actors.add(own, *beside.actors.all())
    brief.places.add(place, *beside.places.all())
    brief.incidents.add(incident, *beside.incidents.all())
    source = Source.objects.create(name=f"{unique} source", is_named=True)
    Citation.objects.create(brief=brief, source=source, title=f"{unique} citation")
    beside.incidents.update(title=f"{unique} shared incident", fatalities=4_712)
    beside.places.update(name=f"{unique} shared town", latitude=-2.0)
    return brief


def _standing(status: str, tlp: str) -> Callable[..., Brief]:
    def make(word: str, number: int, beside: Brief) -> Brief:
        brief = bring_to(_written(word, number, beside), status)
        # The verbs ask for TLP:CLEAR before a review; the database does not.
        Brief.objects.filter(pk=brief.pk).exclude(tlp=tlp).update(tlp=tlp)
        return brief

    return make


def _scheduled(word: str, number: int, beside: Brief) -> Brief:
    return publish(_written(word, number, beside), timezone.now() + _LATER)


def _unscheduled(word: str, number: int, beside: Brief) -> Brief:
    brief = _scheduled(word, number, beside)
    return publishing.unschedule_brief(brief=brief, by=UserFactory.create())


def _withdrawn_unread(word: str, number: int, beside: Brief) -> Brief:
    brief = _scheduled(word, number, beside)
    return publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="Not this.")


def _archived_unread(word: str, number: int, beside: Brief) -> Brief:
    brief = _scheduled(word, number, beside)
    return publishing.archive_brief(brief=brief, by=UserFactory.create())


def _revision(status: str) -> Callable[..., Brief]:
    """The pending text of a brief that is public, and stays as it is."""

    def make(word: str, number: int, beside: Brief) -> Brief:
        by = UserFactory.create()
        pending = revising.open_pending(brief=beside, by=by)
        spoken: dict[str, Any] = {
            "title": f"{word} {number} revised", "summary": f"{word} revised", "body": f"<p>{word} revised</p>",
        }  # fmt: skip
        if pending.status != "draft":
            return pending  # another way has opened it
        return bring_to(edit(pending, by, **spoken), status)

    return make


def _read(word: str, number: int, beside: Brief) -> Brief:
    return publish(
        _written(word, number, beside, slug=f"once-{number}"), timezone.now() - timedelta(days=2)
    )


def _withdrawn(word: str, number: int, beside: Brief) -> Brief:
    brief = _read(word, number, beside)
    return publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="It was wrong.")


def _archived(word: str, number: int, beside: Brief) -> Brief:
    return publishing.archive_brief(brief=_read(word, number, beside), by=UserFactory.create())


def _expired(word: str, number: int, beside: Brief) -> Brief:
    brief = _read(word, number, beside)
    Brief.objects.filter(pk=brief.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    return brief


ONCE_READ: dict[str, Callable[[str, int, Brief], Brief]] = {
    "withdrawn": _withdrawn,
    "archived": _archived,
    "expired": _expired,
}
WAYS: dict[str, Callable[[str, int, Brief], Brief]] = {
    **{f"{status}, {tlp}": _standing(status, tlp) for status, tlp in product(_EDITED, Tlp.values)},
    "approved": _standing("approved", "clear"),
    "scheduled": _scheduled,
    "unscheduled": _unscheduled,
    "withdrawn unread": _withdrawn_unread,
    "archived unread": _archived_unread,
    **{f"revision {status}": _revision(status) for status in (*_EDITED, "approved")},
    **ONCE_READ,
}
