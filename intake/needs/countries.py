"""The countries that a text names: by name, by the people's name, by capital, misspelt; and which it may mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from briefs import geography
from intake.needs.lexicon import LANGUAGES, names_of, near_words, plain_words, tables, trap_names
from intake.needs.phrases import Phrases
from intake.needs.wording import Word

# Shorter words are too near to each other: Niger and Tiger, Angola and Angela.
_LEAST_LETTERS = 7
_MOST_LETTERS = 20
_CAR = "car"
# Before a car, and before a coach in French.
_WHOSE = frozenset(
    (
        *("a", "an", "any", "by", "her", "his", "my", "one", "our", "per", "their", "your"),
        *("company", "hire", "hired", "private", "rent", "rental", "rented"),
        *("un", "ce", "en", "par", "notre", "votre"),
    )
)
_INTO = frozenset({"to", "into", "from", "inside"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that names countries: one of them, or, with `is_either`, one of several."""

    first: int
    last: int
    codes: tuple[str, ...]
    rule: str
    is_either: bool = False


def mentions(words: Sequence[Word]) -> Iterator[Mention]:
    """Every mention of a country of Africa: those by a name, then those that are less sure."""
    taken: set[int] = set()
    for match in _names().longest(words):
        taken.update(range(match.first, match.last))
        codes, rule = match.value
        if codes and not _is_person(words, match.first, match.last):
            yield Mention(match.first, match.last, codes, rule, rule == "either")
    yield from _cars(words, taken)
    for index, word in enumerate(words):
        if len(word.key) < _LEAST_LETTERS or index in taken:
            continue
        if codes := _misspelt(word.key):
            yield Mention(index, index + 1, codes, "misspelt")


def _cars(words: Sequence[Word], taken: set[int]) -> Iterator[Mention]:
    """CAR, the Central African Republic, unless it is a car of somebody's. Where all is in capitals they say nothing:
    then perhaps, behind a word like "to" or beside another country.
    """
    found = [i for i, word in enumerate(words) if word.key == _CAR and word.is_upper]
    found = [at for at in found if at not in taken and not _is_before(words, at, _WHOSE)]
    if not found:
        return
    others = [word for word in words if word.key != _CAR and len(word.key) > 1]
    spoken = {word.sentence for word in others}
    in_small_letters = {word.sentence for word in others if not word.is_upper}
    for at in found:
        sentence = words[at].sentence
        is_beside = at - 1 in taken or at + 1 in taken or _is_before(words, at, _INTO)
        if sentence in in_small_letters:
            yield Mention(at, at + 1, ("CF",), "name")
        elif is_beside or sentence not in spoken:
            yield Mention(at, at + 1, ("CF",), "capitals")


def _is_before(words: Sequence[Word], at: int, keys: frozenset[str]) -> bool:
    return at > 0 and words[at].gap == " " and words[at - 1].key in keys


def _is_person(words: Sequence[Word], first: int, last: int) -> bool:
    """Chad Smith: a first name with another name behind it, and nothing before it that goes with a country."""
    word = words[first]
    if last - first > 1 or last >= len(words) or word.key not in trap_names()[1]:
        return False
    follower, before = words[last], words[first - 1].key if first else ""
    is_name = word.is_capital and follower.is_capital and follower.gap == " "
    if not is_name or follower.is_upper or before in near_words():
        return False
    return next(_names().find((follower,)), None) is None


@cache
def _names() -> Phrases[tuple[tuple[str, ...], str]]:
    names: Phrases[tuple[tuple[str, ...], str]] = Phrases()
    known: set[str] = set()
    for language in LANGUAGES:
        table = tables(language)
        for rule in ("either", "together", "countries"):
            for name, codes in names_of(table[rule]):
                names.add(name, (codes, "name" if rule != "either" else "either"))
                known.add(name)
        for name, _ in names_of(table["not_countries"]):
            names.add(name, ((), "other"))
    for name, codes in _house_names():
        if name not in known:
            names.add(name, (codes, "name"))
    for name, codes in names_of(tables("places")["capitals"]):
        names.add(name, (codes, "capital"))
    return names


def _house_names() -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the house calls each country, but for the names that several share."""
    for code in geography.AFRICAN_COUNTRIES:
        if code not in ("CG", "GN"):
            yield from ((geography.country_name(code, one), (code,)) for one in LANGUAGES)


@lru_cache(maxsize=8192)
def _misspelt(key: str) -> tuple[str, ...]:
    """The country whose name differs by one letter left out, added, changed or swapped with its neighbour."""
    if not _LEAST_LETTERS <= len(key) <= _MOST_LETTERS or key in plain_words():
        return ()
    near = _near_names()
    found = {entry for short in (key, *_shortened(key)) for entry in near.get(short, ())}
    codes = {codes for name, codes in found if name[0] == key[0] and _is_one_edit(name, key)}
    return codes.pop() if len(codes) == 1 else ()


@cache
def _near_names() -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Names by what is left of them when one letter is taken out (Garbe's symmetric deletes)."""
    near: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    for name, (codes, rule) in _names().single_keys():
        if rule == "name" and _LEAST_LETTERS <= len(name) <= _MOST_LETTERS and name.isascii():
            for short in (name, *_shortened(name)):
                near.setdefault(short, set()).add((name, codes))
    return {short: tuple(sorted(entries)) for short, entries in near.items()}


def _shortened(key: str) -> list[str]:
    return [key[:at] + key[at + 1 :] for at in range(len(key))]


def _is_one_edit(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = one[start:], other[start:]
    swapped = len(a) > 1 and len(b) > 1 and (a[0], a[1]) == (b[1], b[0]) and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped
