"""How near two names of organisations or people are, from 0 to 100, and why: pure, so that it can be labelled.

Words count by how much they tell: "Kibali" more than "Group" or "Mali". Sound counts fully where one of the names is
written in a script without vowels, and nearly so else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from briefs import geography
from intake import names

_LIKE = 0.82  # from here on two words are one with a slip of the pen
_LEAST_SOUND = 2  # fewer consonants are the same in too many words
_SURE_SOUND = 6  # so many are the same by chance hardly ever
_DULL = 0.3
# What is in too many names to tell one from another; countries are added. Latin keys, in the languages of clients.
_DULL_WORDS = {
    "group", "groupe", "grupo", "holding", "holdings", "company", "compagnie", "companhia", "societe", "sociedade",
    "international", "internationale", "internacional", "global", "resources", "ressources", "recursos", "mining",
    "mines", "mine", "miniere", "mineral", "minerals", "minerais", "gold", "or", "ouro", "oil", "gas", "petroleum",
    "petrole", "petroleo", "energy", "energie", "energia", "power", "services", "service", "servicos", "industries",
    "industry", "industrie", "trading", "commerce", "investment", "investments", "investissement", "bank", "banque",
    "banco", "africa", "afrique", "african", "africain", "africaine", "west", "east", "north", "south", "central",
    "ouest", "est", "nord", "sud", "partners", "associates", "consulting", "consultants", "agency", "agence",
    "agencia", "ministry", "ministere", "ministerio", "national", "nationale", "nacional", "of", "the", "and", "de",
    "du", "des", "la", "le", "les", "da", "do", "dos", "das", "et", "e", "for", "pour", "para", "a", "an", "al", "el",
    "bin", "ibn", "ould",
}  # fmt: skip


@dataclass(frozen=True)
class Closeness:
    """How near two names are, and in a few words why."""

    score: int
    why: str


NOTHING = Closeness(0, "")


def compare(one: str, other: str) -> Closeness:
    """How near two names are, whatever their script, case, accents, legal form and order of words."""
    a, b = names.plain_key(one), names.plain_key(other)
    if not a or not b:
        return NOTHING
    if a == b:
        forms = {names.legal_form(one), names.legal_form(other)} - {""}
        return (
            Closeness(95, "the same name with another legal form")
            if len(forms) > 1
            else Closeness(100, "the same name")
        )
    left, right = names.latin_key(a).split(), names.latin_key(b).split()
    if not left or not right:
        return NOTHING
    is_across = names.is_written_right_to_left(a) != names.is_written_right_to_left(b)
    found = (_of_spelling(left, right), _of_acronym(left, right), _of_words(left, right))
    return max((*found, _of_sound(a, b, is_across)), key=lambda each: each.score)


def _of_spelling(left: Sequence[str], right: Sequence[str]) -> Closeness:
    if sorted(left) == sorted(right):
        return Closeness(96, "the same words")
    if "".join(left) == "".join(right):
        return Closeness(96, "the same name, written as one word or several")
    return NOTHING


def _of_sound(a: str, b: str, is_across: bool) -> Closeness:
    one, other = (names.sound_key(key) for key in (a, b))
    joined = one.replace(" ", ""), other.replace(" ", "")
    if min(map(len, joined)) < 2 * _LEAST_SOUND:
        return NOTHING
    if is_across:
        # Where a script leaves vowels out, names are cut into words in more ways than one.
        ratio = _ratio(*joined)
        is_near = ratio == 1 or (ratio >= 0.85 and min(map(len, joined)) >= _SURE_SOUND)
        return (
            Closeness(round(92 * ratio), "the same name in another script") if is_near else NOTHING
        )
    if sorted(one.split()) != sorted(other.split()):
        return NOTHING
    is_near = _ratio(names.latin_key(a), names.latin_key(b)) >= 0.6
    return Closeness(90, "it sounds the same") if is_near else NOTHING


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _of_acronym(left: Sequence[str], right: Sequence[str]) -> Closeness:
    """Three letters stand for many names, four and more for few."""
    short, long = (left, right) if len(left) == 1 else (right, left)
    if len(short) != 1 or short[0] not in initials(long):
        return NOTHING
    return Closeness(84 if len(short[0]) > 3 else 70, "the initials of the name")


def initials(words: Sequence[str]) -> set[str]:
    """The short forms of a name by the first letters of its Latin words, with and without the little ones."""
    both = {"".join(word[0] for word in words), "".join(w[0] for w in words if w not in _LITTLE)}
    return {letters for letters in both if 3 <= len(letters) <= 30}


_LITTLE = {
    "of", "the", "and", "de", "du", "des", "la", "le", "les", "da", "do", "dos", "das", "et", "e", "for", "pour",
    "para",
}  # fmt: skip


def _of_words(left: Sequence[str], right: Sequence[str]) -> Closeness:
    """Twice what is common to both by what is in both (Dice), each word by its weight."""
    short, long = sorted((left, right), key=len)
    rest, common, is_telling = list(long), 0.0, False
    for word in short:
        best = max(rest, key=lambda other, word=word: _like(word, other), default="")  # type: ignore[misc]
        ratio = _like(word, best) if best else 0.0
        if ratio >= _LIKE:
            rest.remove(best)
            common += ratio * min(weight(word), weight(best))
            is_telling |= weight(word) == weight(best) == 1
    if not is_telling:
        return NOTHING
    of_both = sum(map(weight, short)) + sum(map(weight, long))
    score = min(round(100 * 2 * common / of_both), 95)
    if rest and _leads(short, long):
        score = max(score, 80 if sum(weight(word) == 1 for word in short) > 1 else 65)
    return Closeness(score, "nearly the same words" if not rest else "words in common")


def _leads(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether one is how the other begins, as a group's name stands before its branch's."""
    return list(short) == list(long[: len(short)])


def weight(word: str) -> float:
    """How much a word of a name tells."""
    return _DULL if len(word) < 2 or word in _DULL_WORDS or word in _countries() else 1.0


@cache
def _countries() -> frozenset[str]:
    """The words of the names of Africa's countries, in the languages of clients."""
    told = (
        geography.country_name(code, language)
        for code in geography.AFRICAN_COUNTRIES
        for language in ("en", "fr", "pt", "ar")
    )
    return frozenset(
        word for name in told for word in names.latin_key(names.plain_key(name)).split()
    )


def _like(one: str, other: str) -> float:
    """How near two words are: by letters, or by sound when that has enough consonants to tell."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) < 4:
        return 0.0
    ratio = _ratio(one, other)
    sounds = names.sound_key(one), names.sound_key(other)
    if sounds[0] == sounds[1] and len(sounds[0]) > _LEAST_SOUND:
        return max(ratio, 0.9)
    return ratio
