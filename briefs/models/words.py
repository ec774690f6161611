"""A reader's words as queries of PostgreSQL, in any language of ours."""

import re

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable

# How each language's words are cut to their stems, without accents; Arabic's own folds its letters already.
SEARCH_CONFIGS = {"en": "en_u", "fr": "fr_u", "pt": "pt_u", "ar": "arabic"}
# Names as they are written: an English stemmer would make "kay" of Kayes.
NAMES_CONFIG = "simple_u"
# Arabic writes without them as often as with them: harakat, and the stretching tatweel.
VOWEL_SIGNS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0640"
_PORTUGUESE = SEARCH_CONFIGS["pt"]
# The Portuguese stemmer makes two words of ação and ações.
_ONE, _MANY = re.compile(r"(?<=\w\w)[ãa]o\b", re.I), re.compile(r"(?<=\w\w)[õo]es\b", re.I)


def spoken(q: str) -> str:
    """The reader's words as PostgreSQL understands them: our words for "or", no slashes."""
    widened = re.sub(r"(?<=\s)(?:ou|أو)(?=\s)", "or", q)
    # A row of signs that leave out would be a query too deep for PostgreSQL.
    plain = re.sub(r"[/–—<>]|-+(?=[\s-]|$)", " ", widened)
    return re.sub(f"[{VOWEL_SIGNS}]", "", plain)


def leave_out(words: str) -> bool:
    """Whether a minus leaves something out."""
    return re.search(r"(?:^|\s)-\S", words) is not None


def query(words: str, config: str) -> SearchQueryCombinable:
    """These words, in any form that the configuration knows."""
    found: SearchQueryCombinable = _plain(words, config)
    if config == _PORTUGUESE:
        for other in {_ONE.sub("ões", words), _MANY.sub("ão", words)} - {words}:
            found |= _plain(other, config)
    return found


def any_language(words: str) -> SearchQueryCombinable:
    """One query that a brief of any language may answer, so that one index serves it."""
    found: SearchQueryCombinable = _plain(words, NAMES_CONFIG)
    for config in SEARCH_CONFIGS.values():
        found |= query(words, config)
    return found


def _plain(words: str, config: str) -> SearchQuery:
    return SearchQuery(words, config=config, search_type="websearch")
