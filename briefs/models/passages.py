"""The passage of a brief that holds a reader's words, marked by PostgreSQL."""

import re
import unicodedata

from django.contrib.postgres.search import SearchHeadline
from django.db.models import Func, IntegerField, TextField, Value
from django.db.models.functions import Concat, Greatest, Substr

from briefs.models.words import query, wanted

MARKS = ("\x02", "\x03")
# Marking reads every word of what it is given: it gets the surroundings of the first word found, not the whole text.
_BEFORE, _AROUND = 150, 900  # characters
_MOST_WORDS = 8
_WRITTEN = {
    "a": "aàáâãäå",
    "c": "cç",
    "e": "eèéêë",
    "i": "iìíîï",
    "n": "nñ",
    "o": "oòóôõö",
    "u": "uùúûü",
    "y": "yýÿ",
    "ا": "اأإآ",
    "ي": "يى",
    "ه": "هة",
}
_SIGNS = "[\u064b-\u0652\u0670\u0640]*"  # Arabic's vowel signs and tatweel, written or not


def passage(words: str, config: str) -> SearchHeadline:
    """Some 28 words of the body around the words, between MARKS, as this language cuts them to stems."""
    start, stop = MARKS
    return SearchHeadline(
        _surroundings(words),
        query(words, config),
        config=config,
        start_sel=start,
        stop_sel=stop,
        max_words=28,
        min_words=12,
        max_fragments=1,
    )


def _surroundings(words: str) -> Func:
    """What the body says around the first of these words; its beginning where it holds none as we look for them."""
    body = Concat(Value(" "), "body_text")
    place = Func(
        *(body, Value(pattern_of(words)), Value(1), Value(1), Value(0), Value("i")),
        function="regexp_instr",
        output_field=IntegerField(),
    )
    return Func(
        Substr(body, Greatest(place - _BEFORE, 1), _AROUND),
        *(Value(r"^\S*\s"), Value("")),  # from the first whole word on
        function="regexp_replace",
        output_field=TextField(),
    )


def pattern_of(words: str) -> str:
    """A regular expression for where these words begin, in most forms and any accents; phrases before single words."""
    positive = wanted(words)
    phrases = [_joined(part) for part in re.findall(r'"([^"]+)"', positive)]
    found = [one for one in phrases if one] or [_begin(word) for word in _words_in(positive)]
    return rf"\m(?:{'|'.join(found)})" if found else "$^"


def _joined(phrase: str) -> str:
    return r"\w*\W+".join(_begin(word) for word in _words_in(phrase))


def _words_in(text: str) -> list[str]:
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) != "Mn"
    )
    words = (word for word in re.findall(r"\w+", plain.casefold()) if word != "or")
    return [word[:40] for word in words][:_MOST_WORDS]


def _begin(word: str) -> str:
    """The word without what its forms differ in, each letter as it may be written."""
    letters = word[: max(4, len(word) - 3)]
    between = _SIGNS if "\u0600" <= word[0] <= "\u06ff" else ""
    return between.join(f"[{_WRITTEN[char]}]" if char in _WRITTEN else char for char in letters)
