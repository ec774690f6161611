"""How alike two names are: words of one against words of the other, in any order. Pure; knows nothing of rows.

The measure was set on one half of the labelled pairs in tests/intake/sanctions/ and is reported on the other half
(docs/sanctions.md). Change nothing here without running both.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from intake import names

# Raise it when keys of the same name change: lists are then read anew (`loading`).
VERSION = 1
HOLDS_FROM = 82  # per cent
SHOWN_FROM_WITHOUT_HOLD = 95
_OTHER_KIND_HOLDS_FROM = 95
_LEAST_WORDS = 2
_PAIRS_FROM = 0.74
_INITIAL = 0.75
_SAME_SOUND = 0.94
_LIKE_LETTERS = (
    0.68  # below it the same consonants are another name: Hassan and Hussein, Mohamed and Mahmoud
)
_NO_VOWELS = (0.0, 0.85, 0.92)  # of as many consonants in common, where a script writes no vowels
_EXTRA = {"person": 0.2, "body": 0.45}
_GENERIC_WEIGHT = 0.35

_PARTICLES = {
    "al", "el", "ad", "ar", "as", "at", "az", "an", "ash", "bin", "ibn", "ben", "bint", "ould", "wuld", "ag", "wa",
    "de", "da", "do", "dos", "das", "du", "des", "la", "le", "les", "e", "van", "von", "der", "di", "y", "bn",
    "the", "of", "and", "et", "for", "pour", "para",
}  # fmt: skip
_ARTICLE = re.compile(r"(?<!\w)ال(?=\w{3})")
_APOSTROPHE = re.compile(r"['’ʼ`´‘]")
_SON_OF = re.compile(r"^b[ei]n(?!ja|e|to)(?=\w{3})")  # Benali is Ben Ali; Benjamin is nobody's son
_SERVANT = re.compile(r"abd(?:[aeou]{1,2}[lrnstdz]?)?")
_SERVANT_OF = re.compile(r"abd(?:e|ou|u|a|o)(?:l|r(?=r)|n(?=n)|s(?=s))(?=\w{2})")
_JOINED = {"abu", "abou", "aboul", "abul", "bou", "um", "umm", "oum"}
# What so many bodies are called that it says little of which one it is.
_GENERIC = {
    "company", "group", "groupe", "grupo", "holding", "holdings", "international", "internacional", "global", "general",
    "trading", "trade", "commerce", "comercio", "import", "export", "services", "service", "servicos", "enterprise",
    "enterprises", "entreprise", "empresa", "industries", "industry", "industrial", "foundation", "fondation",
    "organisation", "organization", "association", "associacao", "bank", "banque", "banco", "security", "securite",
    "consulting", "partners", "investment", "investments", "capital", "transport", "logistics", "mining", "oil", "gas",
    "energy", "energie", "construction", "shipping", "africa", "afrique", "african", "national", "nationale",
    "societe", "sociedade", "fundacao",
    "bureau", "agency", "agence", "center", "centre", "institute", "firm", "and", "sharika",
    "corporation", "limited", "ministry", "front", "movement", "army", "brigade", "republic", "forces", "council",
}  # fmt: skip
# Letters and groups of letters that romanisations write in several ways, longest first.
_SPELLINGS = (
    ("tsch", "ch"), ("tch", "ch"), ("dzh", "j"), ("dj", "j"), ("zh", "j"), ("sch", "sh"), ("ph", "f"), ("kh", "k"),
    ("gh", "g"), ("ck", "k"), ("th", "t"), ("dh", "d"), ("iy", "i"), ("yi", "i"), ("ij", "i"), ("ou", "u"), ("oo", "u"),
    ("ee", "i"), ("ei", "e"), ("ey", "e"), ("ay", "ai"), ("aj", "ai"), ("yu", "iu"), ("ya", "ia"), ("ye", "e"),
    ("ie", "e"), ("q", "k"), ("c", "k"), ("w", "v"), ("y", "i"), ("z", "s"), ("x", "ks"),
)  # fmt: skip


@dataclass(frozen=True)
class Name:
    """A name as it is compared: its words without those that say little, and how each sounds."""

    words: tuple[str, ...]
    is_person: bool
    has_vowels: bool = True  # False of a script that writes none, or few

    @property
    def latin_key(self) -> str:
        """The words, for the index of letters."""
        return " ".join(self.words)[: names.LONGEST_KEY]

    @property
    def sounds(self) -> list[str]:
        """How the words sound, for the indexes of sounds; sorted, each once."""
        return sorted({_sound(word) for word in self.words})

    @property
    def sound_key(self) -> str:
        """The sounds in one."""
        return " ".join(self.sounds)[: names.LONGEST_KEY]

    @property
    def is_too_short(self) -> bool:
        """Whether it is one word or initials: too little to tell anybody by."""
        return sum(len(word) > 1 for word in self.words) < _LEAST_WORDS


def name_of(text: str, *, is_person: bool) -> Name:
    """A name as somebody wrote it, in whatever script, made ready to be compared."""
    text = _APOSTROPHE.sub("", text)
    key = names.person_key(text) if is_person else names.plain_key(text)
    words = _joined(names.latin_key(_ARTICLE.sub("", key)).split())
    kept = [word for word in words if word not in _PARTICLES]
    return Name(tuple(kept or words), is_person, not names.is_written_right_to_left(text))


def _joined(words: Sequence[str]) -> list[str]:
    """Abd al-Rahman, Abdul Rahman and Abderrahmane as one word each; Abu Bakr too."""
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if _SERVANT.fullmatch(word) or word == "bd":  # "bd" is what is left of عبد
            while rest and rest[0] in _PARTICLES and len(rest) > 1:
                rest.pop(0)
            following = rest.pop(0) if rest else ""
            found.append(
                "abd" + (following[1:] if word == "bd" and following.startswith("l") else following)
            )
        elif word in _JOINED and rest:
            found.append("abu" + rest.pop(0) if word[0] in "ab" else word + rest.pop(0))
        else:
            found.append(_SON_OF.sub("", _SERVANT_OF.sub("abd", word)))
    return found


def alike(one: Name, other: Name) -> int:
    """0 to 100: how alike two names are. 100 is the same words in any order; two words must pair at least."""
    if not one.words or not other.words:
        return 0
    pairs = list(_pairs(one.words, other.words, one.has_vowels and other.has_vowels))
    rare = not (one.is_person and other.is_person)
    whole = [pair for pair in pairs if not pair.is_initial]
    if not whole:
        return 0
    # Squared: two words of which one is only alike are further apart than a mean of the two says.
    paired = sum(pair.likeness**2 * pair.weight(rare) for pair in pairs)
    left = [_weight_left(name.words, {i for pair in pairs for i in pair.places[side]}, rare)
            for side, name in enumerate((one, other))]  # fmt: skip
    total = sum(pair.weight(rare) for pair in pairs)
    less, more = sorted(left)
    extra = _EXTRA["body" if rare else "person"]
    score = paired / (total + less + extra * more)
    if len(whole) < _LEAST_WORDS and max(len(one.words), len(other.words)) >= _LEAST_WORDS:
        score *= 0.8
    return int(100 * score)


def holds(score: int, listed: Name, asked: Name, *, is_weak: bool, is_other_kind: bool) -> bool:
    """Whether a likeness is enough to make somebody look at it: never of a weak alias or of a single word."""
    if is_weak or listed.is_too_short or asked.is_too_short:
        return False
    return score >= (_OTHER_KIND_HOLDS_FROM if is_other_kind else HOLDS_FROM)


@dataclass(frozen=True)
class _Pair:
    likeness: float
    words: tuple[str, str]
    places: tuple[tuple[int, ...], tuple[int, ...]]
    is_initial: bool = False

    def weight(self, rare: bool) -> float:
        return (_weight(self.words[0], rare) + _weight(self.words[1], rare)) / 2


def _pairs(ours: Sequence[str], theirs: Sequence[str], have_vowels: bool) -> Iterator[_Pair]:
    """Words that stand for each other, the likest first, each word once; two words may stand for one."""
    found = sorted(
        _candidates(ours, theirs, have_vowels),
        key=lambda p: (-p.likeness, -len(p.words[0]), p.places),
    )
    used: tuple[set[int], set[int]] = (set(), set())
    for pair in found:
        if used[0].isdisjoint(pair.places[0]) and used[1].isdisjoint(pair.places[1]):
            used[0].update(pair.places[0])
            used[1].update(pair.places[1])
            yield pair


def _candidates(ours: Sequence[str], theirs: Sequence[str], have_vowels: bool) -> Iterator[_Pair]:
    for our_places, our_word in _spans(ours):
        for their_places, their_word in _spans(theirs):
            if len(our_places) + len(their_places) > 3:
                continue
            likeness = _word_alike(our_word, their_word, have_vowels)
            if likeness >= _PAIRS_FROM:
                is_initial = min(len(our_word), len(their_word)) == 1
                yield _Pair(
                    likeness, (our_word, their_word), (our_places, their_places), is_initial
                )


def _spans(words: Sequence[str]) -> Iterator[tuple[tuple[int, ...], str]]:
    for place, word in enumerate(words):
        yield (place,), word
        if place + 1 < len(words) and len(word) > 1 and len(words[place + 1]) > 1:
            yield (place, place + 1), word + words[place + 1]


@lru_cache(maxsize=65_536)
def _word_alike(one: str, other: str, have_vowels: bool) -> float:
    if one == other:
        return 1.0
    if len(one) == 1 or len(other) == 1:
        return _INITIAL if one[0] == other[0] else 0.0
    ours, theirs = _folded(one), _folded(other)
    if ours == theirs:
        return 0.98
    if not have_vowels:
        return _alike_without_vowels(_sound(one), _sound(other))
    letters = SequenceMatcher(None, ours, theirs, autojunk=False).ratio()
    consonants = len(_sound(one)) if _sound(one) == _sound(other) else 0
    is_other_gender = (one[-1] == "a") != (other[-1] == "a")
    if consonants >= 2 and not is_other_gender and letters >= _LIKE_LETTERS:
        return _SAME_SOUND if consonants > 2 else max(letters, _NO_VOWELS[2])
    return letters * (0.97 if ours[0] == theirs[0] else 0.9)


def _alike_without_vowels(one: str, other: str) -> float:
    """Where one of the two comes from a script that writes none: by the consonants alone."""
    if one == other:
        return _NO_VOWELS[len(one)] if len(one) < len(_NO_VOWELS) else _SAME_SOUND
    return 0.95 * SequenceMatcher(None, one, other, autojunk=False).ratio()


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    """A word in one spelling for the ways in which romanisations differ."""
    for written, read in _SPELLINGS:
        word = word.replace(written, read)
    return re.sub(r"h(?![aeiou])|(?<=[aeiou])e$", "", re.sub(r"(.)\1+", r"\1", word)) or word


@lru_cache(maxsize=65_536)
def _sound(word: str) -> str:
    heard = names.sound_key(word).replace(" ", "")
    return re.sub(r"(?<=..)h$", "", heard) or word  # the last letter of فاطمة


def _weight(word: str, rare: bool) -> float:
    weight = min(len(word), 8) / 8 + 0.5
    return weight * _GENERIC_WEIGHT if rare and word in _GENERIC else weight


def _weight_left(words: Sequence[str], used: set[int], rare: bool) -> float:
    return sum(_weight(word, rare) for place, word in enumerate(words) if place not in used)
