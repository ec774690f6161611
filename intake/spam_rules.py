"""What speaks for spam, and how much: points for how a request came and for what its words are. Never a verdict.

No rule alone reaches the line, save words that were held back before: a person with an odd browser, a fast hand and an
office full of colleagues must still get through. docs/spam.md has the table and how to tune it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from disposable_email_domains import blocklist

from accounts.numbers import counted
from intake import misspelling, needs, render_tokens

# Counted up too when texts are known again by other numbers (intake/likeness.py).
VERSION = 4
FAST_SECONDS = 3
# From how many on, and the points; the last that is reached counts.
Steps = tuple[tuple[int, int], ...]
_SEEN: dict[str, tuple[str, Steps]] = {
    "network": ("from one network within an hour", ((10, 10), (30, 20))),
    "browser": ("with one browser's headers within an hour", ((20, 5), (60, 15))),
    "email": ("with one address within a day", ((5, 10), (12, 20))),
    "form": ("from one form within a day", ((4, 15),)),
}
_LINKS: Steps = ((3, 10), (6, 25))
_LINK = re.compile(r"https?://|\bwww\.", re.I)
_MARKUP = re.compile(r"<a\s|\[url[=\]]|\[/url\]|\[link=|<script|<iframe", re.I)
_NO_NAME = re.compile(r"https?://|\bwww\.|\[url|<a\s", re.I)
_WORD = re.compile(r"[^\W\d_]{3,}")
# Scripts that African and European languages of clients are written in; tables of Unicode begin each name so.
_SCRIPTS_KNOWN = frozenset(
    ["LATIN", "ARABIC", "ETHIOPIC", "TIFINAGH", "NKO", "COPTIC", "VAI", "ADLAM"]
)
_LOOK_ALIKE = frozenset(["LATIN", "CYRILLIC", "GREEK"])
_READ = 4_000


@dataclass(frozen=True)
class Item:
    """One thing that speaks for spam, or against it; the evidence holds no words of the client."""

    what: str
    points: int
    evidence: str

    def as_stored(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self)


class Words(Protocol):
    """Those columns of an enquiry that rules read."""

    full_name: str
    organisation: str
    email: str
    needs: str
    language: str
    consent_language: str


def of_arrival(facts: Mapping[str, Any]) -> Iterator[Item]:
    """Points for how it came, from the facts that `intake.arriving` noted."""
    state = facts.get("form", "")
    # A website's own form has no token of ours; every client who writes there would carry the points.
    if state == render_tokens.UNSIGNED and "site" not in facts:
        yield Item("token", 15, "sent without the page's token")
    elif state == render_tokens.FORGED:
        yield Item("token", 25, "sent with a token that is not of this form")
    seconds = facts.get("seconds")
    if seconds is not None and seconds < FAST_SECONDS:
        yield Item("speed", 25, f"sent {seconds} s after the page was made")
    if facts.get("trap"):
        held = counted(facts["trap"], "character")
        yield Item("trap", 40, f"the field that people do not see held {held}")
    for kind, (words, steps) in _SEEN.items():
        number = facts.get(f"{kind}_seen", 0)
        if points := _points(number, steps):
            yield Item(kind, points, f"request {number} {words}")


def of_words(words: Words) -> Iterator[Item]:
    """Points for what was written."""
    links = len(_LINK.findall(words.needs))
    if points := _points(links, _LINKS):
        yield Item("links", points, f"{links} links")
    if _MARKUP.search(words.needs):
        yield Item("markup", 25, "links written as code")
    if _NO_NAME.search(f"{words.full_name}\n{words.organisation}"):
        yield Item("name", 30, "a link in the name")
    yield from _of_scripts(words)
    # The list has gmial.com and hotmai.com: what a client is asked about, being misspelt, speaks for no machine.
    if _domain(words.email) in blocklist and not misspelling.likely_address(words.email):
        yield Item("disposable", 20, "an address of a provider of throw-away addresses")
    written = needs.language_of(words.needs)
    if written and written not in (words.language, words.consent_language) and words.language:
        yield Item("language", 5, f"written in {written}, answer wanted in {words.language}")


def _points(number: int, steps: Steps) -> int:
    return max((points for least, points in steps if number >= least), default=0)


def _domain(email: str) -> str:
    return unicodedata.normalize("NFKC", email).rpartition("@")[2].lower()


def _of_scripts(words: Words) -> Iterator[Item]:
    text = f"{words.full_name}\n{words.needs[:_READ]}"
    if text.isascii():
        return
    found = [_scripts(word) for word in _WORD.findall(text)]
    mixed = sum(len(scripts & _LOOK_ALIKE) > 1 for scripts in found)
    if mixed:
        yield Item("mixed_scripts", 20, f"{counted(mixed, 'word')} of letters that only look alike")
    foreign = sum(bool(scripts) and scripts.isdisjoint(_SCRIPTS_KNOWN) for scripts in found)
    if foreign > len(found) / 2:
        yield Item("script", 10, "mostly in a script of none of the house's languages")


def _scripts(word: str) -> frozenset[str]:
    """The scripts of a word's letters. Latin alone, the common case, is told by its bytes."""
    if word.isascii():
        return frozenset(("LATIN",))
    return frozenset(unicodedata.name(letter, "").partition(" ")[0] for letter in word)
