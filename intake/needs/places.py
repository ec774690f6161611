"""The places and actors of the gazetteer that a text names, without those that are somebody or something else."""

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import groupby

from briefs import geography
from intake.needs.findings import Certainty, Finding, Kind
from intake.needs.gazetteer import Gazetteer, KnownPlace
from intake.needs.lexicon import near_words, titles, trap_names
from intake.needs.phrases import Match
from intake.needs.wording import Word

# People write of a town of this size without saying in which country it lies.
_LARGE = 100_000
# An Arabic name has no capital; a short one may be any word.
_LONG = 6
# So many times larger, the one town of a name is meant and not the other.
_OUTWEIGHS = 8
# What a place without a number may have.
_UNKNOWN = 5_000
_SHORT = 4
_MOST_NAMES = 3
_MOST_OFFERED = 4
# In small letters a name may be any word; of a city like this it is hardly one.
_CITY = 300_000
# Before a name these say that it is a place, even when it is mostly something else.
_INSIDE = frozenset({"in", "near", "a", "au", "em", "na", "no"})


def actors_in(words: Sequence[Word], known: Gazetteer) -> Iterator[Finding]:
    """Every actor that is named."""
    for match in known.actors.longest(words):
        if words[match.first].is_upper or not match.value.needs_capitals:
            actor = match.value
            yield Finding(Kind.ACTOR, actor.slug, *match.span(words), "name", name=actor.name)


def places_in(
    words: Sequence[Word], known: Gazetteer, codes: Set[str], taken_by: Mapping[int, int]
) -> Iterator[tuple[Finding, str]]:
    """Every place that is named, with its country; `codes` are the countries that the text names without doubt.

    `taken_by`: where a country is named, from which word to before which: "Mali" is the country, not the town in
    Guinea, but "Benin City" is no Benin.
    """
    taken = 0
    for first, group in groupby(known.places.find(words), key=lambda match: match.first):
        matches = list(group)
        last = matches[0].last
        if first < taken or last <= taken_by.get(first, 0):
            continue
        taken = last
        candidates = [match.value for match in matches if match.last == last]
        chosen = _meant(words, matches[0], candidates, codes)
        certainty = Certainty.CLEAR if len(chosen) == 1 else Certainty.AMBIGUOUS
        for place in chosen:
            start, end = matches[0].span(words)
            name = f"{place.name}, {geography.country_name(place.country, 'en')}"
            yield (
                Finding(Kind.PLACE, str(place.pk), start, end, "place", certainty, name),
                place.country,
            )


def _meant(
    words: Sequence[Word],
    match: Match[KnownPlace],
    candidates: list[KnownPlace],
    codes: Set[str],
) -> list[KnownPlace]:
    """The one place that is meant, several when that is open, none when it is hardly a place."""
    here = [place for place in candidates if place.country in codes]
    if not _is_a_place(words, match, here or candidates, is_backed=bool(here)):
        return []
    by_size = sorted(here or candidates, key=lambda p: (-p.is_ours, -p.population, p.pk))
    one_country = len({place.country for place in by_size}) == 1
    outweighs = len(by_size) > 1 and by_size[0].population >= _OUTWEIGHS * max(
        by_size[1].population, _UNKNOWN
    )
    return by_size[:1] if one_country or outweighs else by_size[:_MOST_OFFERED]


def _is_a_place(
    words: Sequence[Word],
    match: Match[KnownPlace],
    candidates: list[KnownPlace],
    *,
    is_backed: bool,
) -> bool:
    word = words[match.first]
    name = " ".join(w.key for w in words[match.first : match.last])
    names = {name} if match.last - match.first > 1 else {name, *word.forms}
    is_arabic = "\u0600" <= word.key[:1] <= "\u06ff"
    is_written_so = word.is_capital or is_arabic
    if is_written_so and _is_person(words, match):
        return False
    is_led_to = match.first > 0 and words[match.first - 1].key in near_words() and word.gap == " "
    is_weak = not trap_names()[0].isdisjoint(names) or len(name) < (4 if is_arabic else 3)
    is_large = any(place.population >= _LARGE or place.is_ours for place in candidates)
    if is_weak:
        is_said_so = match.first > 0 and words[match.first - 1].key in _INSIDE
        backing = is_backed and (is_led_to or _is_listed(words, match))
        return is_written_so and (backing or (is_said_so and not is_arabic))
    if not is_written_so:
        is_city = any(place.population >= _CITY for place in candidates)
        return is_city or (is_backed and len(name) > _SHORT)
    return is_large or is_backed or (is_led_to and not (is_arabic and len(name) < _LONG))


def _is_listed(words: Sequence[Word], match: Match[KnownPlace]) -> bool:
    """Whether a comma or a bracket follows with more of the address: "Victoria, Seychelles"; or a list goes on."""
    after = words[match.last] if match.last < len(words) else None
    return bool(after and after.gap.strip() in (",", "(") and after.is_capital)


def _is_titled(words: Sequence[Word], at: int) -> bool:
    """Whether a title stands before it, or before one or two names that stand before it."""
    for place in range(at, max(at - _MOST_NAMES, 0), -1):
        before = words[place - 1]
        if before.key in titles() and words[place].gap in (" ", ". "):
            return True
        if words[place].gap != " " or not before.is_capital or before.key in near_words():
            return False
    return False


def _is_person(words: Sequence[Word], match: Match[KnownPlace]) -> bool:
    """Mr Kayes; Mrs Grace Goma; Marcus Moroni; Victoria Mensah."""
    before = words[match.first - 1] if match.first else None
    if _is_titled(words, match.first):
        return True
    if match.last - match.first > 1:
        return False
    name = words[match.first].key
    after = words[match.last] if match.last < len(words) else None
    is_first = bool(after and after.is_capital and after.gap == " " and not after.is_upper)
    is_last = bool(
        before and before.is_capital and words[match.first].gap == " "
        and before.key not in near_words() and not before.is_upper
    )  # fmt: skip
    return name in trap_names()[0] | trap_names()[1] and (is_first or is_last)
