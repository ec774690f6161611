"""Which subscriptions a brief fits, and what a subscription is called to its reader."""

from collections.abc import Iterable

from django.db.models import TextField, Value
from django.utils import translation
from django.utils.translation import gettext as _

from briefs import geography, topics
from briefs.finding import Wish, quoted
from briefs.models import Actor, Brief, Subscription
from briefs.models.subscription import SubscriptionQuerySet

# Searches asked of one brief in one statement; each costs PostgreSQL some planning.
_AT_ONCE = 50


def fitting(brief: Brief) -> SubscriptionQuerySet:
    """The confirmed subscriptions that a brief fits, as far as their search words go unread; see `hits`."""
    return Subscription.objects.fitting(brief, [actor.slug for actor in brief.actors.all()])


def hits(brief: Brief, words: Iterable[str]) -> set[str]:
    """Those of these searches that find this brief, if readers may see it; no words find everything."""
    wanted = sorted(set(words) - {""})
    found = {""}
    for start in range(0, len(wanted), _AT_ONCE):
        asked = [_finds(brief, q) for q in wanted[start : start + _AT_ONCE]]
        found.update(asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0])
    return found


def _finds(brief: Brief, q: str):  # type: ignore[no-untyped-def]  # a values list of one constant
    rows = Brief.objects.public().filter(pk=brief.pk).matching(q).order_by()
    return rows.annotate(words=Value(q, output_field=TextField())).values_list("words", flat=True)


def label_of(wish: Wish | Subscription, language: str, *, with_words: bool = True) -> str:
    """What is followed, in the words of a language: "Mali · Fuel · “convoy”".

    Without words, a search is called one: a mail that anybody can have sent must not carry theirs to a stranger.
    """
    with translation.override(language):
        words = (quoted(wish.q) if with_words else _("a search")) if wish.q else ""
        parts = [
            geography.country_name(wish.country, language) if wish.country else "",
            topics.topic_name(wish.topic) if wish.topic else "",
            _actor_name(wish.actor) if wish.actor else "",
            words,
        ]
        return " · ".join(part for part in parts if part) or _("All briefs")


class Labels:
    """Labels of many subscriptions, each worked out once."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], str] = {}

    def of(self, row: Subscription, language: str) -> str:
        """The label of this subscription in this language."""
        key = (row.q, row.country, row.actor, row.topic, language)
        if key not in self._made:
            self._made[key] = label_of(row, language)
        return self._made[key]


def _actor_name(slug: str) -> str:
    return Actor.objects.filter(slug=slug).values_list("name", flat=True).first() or slug
