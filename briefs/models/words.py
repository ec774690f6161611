"""A reader's words as queries of PostgreSQL, in any language of ours."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery

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


def wanted(words: str) -> str:
    """The words without those that a minus leaves out."""
    return re.sub(r'(?:^|\s)-(?:"[^"]*"?|\S+)', " ", words)


def has_phrase(words: str) -> bool:
    """Whether some of the words wanted have to stand together: in quotation marks, or joined by a hyphen."""
    return re.search(r'"[^"]*\w\W+\w|\w-\w', wanted(words)) is not None


def forms(words: str) -> list[str]:
    """The texts under which these words are looked for: as they are, and as the Portuguese stemmer needs them."""
    others = {_ONE.sub("ões", words), _MANY.sub("ão", words)} - {words}
    return [words, *sorted(others)]


class AnyOf(SearchQuery):
    """The briefs that hold any of these: (configuration, words) each.

    In one piece, since Django takes milliseconds to put together what is or-ed by itself.
    """

    def __init__(self, *parts: tuple[str, str]) -> None:
        super().__init__("", search_type="websearch")
        self.set_source_expressions([])
        self.parts = parts

    def as_sql(  # type: ignore[override]  # the stubs know of one way to call it
        self, *_: Any, **__: Any
    ) -> tuple[str, list[str]]:
        each = ["websearch_to_tsquery(%s::regconfig, %s)"] * len(self.parts)
        return f"({' || '.join(each)})", [text for part in self.parts for text in part]


class Apart(AnyOf):
    """As `AnyOf`, of words that need not stand together: the index knows which briefs hold them, and not where."""

    def as_sql(self, *rest: Any, **more: Any) -> tuple[str, list[str]]:  # type: ignore[override]  # as above
        text, params = super().as_sql(*rest, **more)
        return f"regexp_replace({text}::text, '<(-|[0-9]+)>', '&', 'g')::tsquery", params


def query(words: str, config: str) -> SearchQuery:
    """These words, in any form that the configuration knows."""
    return AnyOf(*_parts(words, config))


def any_language(words: str) -> SearchQuery:
    """One query that a brief of any language may answer, so that one index serves it."""
    return AnyOf(*_parts_of_any(words))


def apart(words: str) -> SearchQuery:
    """As `any_language`, of the words wanted wherever they stand: holds whatever holds their phrases."""
    return Apart(*_parts_of_any(wanted(words)))


def _parts_of_any(words: str) -> list[tuple[str, str]]:
    own = (part for config in SEARCH_CONFIGS.values() for part in _parts(words, config))
    return [(NAMES_CONFIG, words), *own]


def _parts(words: str, config: str) -> list[tuple[str, str]]:
    return [(config, each) for each in (forms(words) if config == _PORTUGUESE else [words])]
