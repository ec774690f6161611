from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefs.search_keys import search_key
from intake.needs.phrases import Phrases, names_in
from intake.needs.wording import Word, words_of


def found(text: str, **phrases: str) -> list[tuple[str, str]]:
    """(name, passage) of every phrase found; the names are ours."""
    known: Phrases[str] = Phrases({"two": 2})
    for name, phrase in phrases.items():
        known.add(phrase, name)
    words = words_of(text)
    spans = [(match.value, match.span(words)) for match in known.find(words)]
    return [(name, text[start:end]) for name, (start, end) in spans]


@pytest.mark.parametrize(
    ("phrase", "text", "passage"),
    [
        ("plan d'évacuation", "Un PLAN D’EVACUATION, vite", "PLAN D’EVACUATION"),
        ("evacuat*", "we were evacuating", "evacuating"),
        ("assess ~ route", "assess the whole long route", "assess the whole long route"),
        ("in # days", "in 10 days", "in 10 days"),
        ("in # days", "in two days", "in two days"),
        ("cote d'ivoire", "Co\u0302te d'Ivoire", "Co\u0302te d'Ivoire"),
        ("مالي", "في بمالي", "بمالي"),
        ("النيجر", "مالي والنيجر", "والنيجر"),
        ("الكونغو", "للكونغو", "للكونغو"),
        ("إجلاء", "اجلاء", "اجلاء"),
        ("النيجر", "النَّيْجَر", "النَّيْجَر"),
    ],
)
def test_a_phrase_is_found_however_it_is_typed(phrase, text, passage):
    assert found(text, it=phrase) == [("it", passage)]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("assess ~ route", "assess one two three four route"),
        ("assess ~ route", "assess. The route"),
        ("in # days", "in some days"),
        ("mali", "malicious"),
        ("safe road", "safe! Road"),
    ],
)
def test_what_is_not_said_is_not_found(phrase, text):
    assert found(text, it=phrase) == []


# One of each way in which a phrase can begin and go on, several that begin alike, and some that hold each other.
PHRASES = (
    "mali", "south sudan", "sudan", "south", "assess ~ route", "assess ~", "assess the rout*", "evacuat*", "evac*",
    "evacuat* the route", "in # days", "in ~ days", "# days", "# d*", "the route", "the ro*", "the route is",
    "مالي", "مالي ~ days", "in مالي", "in ما*", "السودان",
)  # fmt: skip
WORDS = (
    "South", "Sudan", "assess", "the", "route", "in", "two", "7", "days.", "evacuating", "Mali,", "بمالي", "وبمالي",
    "والسودان", "routes", "a", "is", "للسودان",
)  # fmt: skip


def element(part: str) -> str:
    """A part of a phrase as it is compared."""
    return part if part in "~#" else search_key(part) + "*" * part.endswith("*")


def fits(element: str, word: Word) -> bool:
    if element == "#":
        return word.key.isdecimal() or "two" in word.forms
    if element.endswith("*"):
        return any(form.startswith(element[:-1]) for form in word.forms)
    return element in word.forms


def ends(elements: Sequence[str], words: Sequence[Word], at: int) -> set[int]:
    """Behind which words a phrase may end that begins at this one, by what its signs promise."""
    if not elements:
        return {at}
    first, *rest = elements
    if first == "~":
        return {end for n in range(4) for end in ends(rest, words, at + n)}
    return ends(rest, words, at + 1) if at < len(words) and fits(first, words[at]) else set()


@given(
    text=st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    phrases=st.lists(st.sampled_from(PHRASES), unique=True, min_size=1),
)
def test_all_that_is_said_is_found_and_nothing_else(text, phrases):
    known: Phrases[str] = Phrases({"two": 2})
    for phrase in phrases:
        known.add(phrase, phrase)
    words = words_of(text)
    said = set()
    for first, word in enumerate(words):
        up_to = sum(one.sentence <= word.sentence for one in words)
        for phrase in phrases:
            elements = [element(part) for part in phrase.split()]
            if last := min(ends(elements, words[:up_to], first), default=0):
                said.add((first, last, phrase))

    matches = list(known.find(words))

    assert {tuple(match) for match in matches} == said
    assert len(matches) == len(said)
    assert matches == sorted(matches, key=lambda match: (match.first, -match.last))


def test_longest_takes_the_words_of_the_shorter():
    known: Phrases[str] = Phrases()
    for phrase in ("sudan", "south sudan", "sudan conflict"):
        known.add(phrase, phrase)
    words = words_of("South Sudan conflict, Sudan")

    assert [match.value for match in known.longest(words)] == ["south sudan", "sudan"]


def test_a_phrase_cannot_begin_with_a_gap():
    with pytest.raises(ValueError, match="cannot begin with a gap"):
        Phrases().add("~ route", "it")


def test_names_are_listed_with_their_endings():
    assert list(names_in("malien/s/ne, mali")) == ["malien", "maliens", "malienne", "mali"]
