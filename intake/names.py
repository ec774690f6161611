"""Names of people and organisations as they are compared: the one home of their keys. Knows nothing of rows.

Keys from strict to loose. Names with one `exact_key` are the same name. Those with one `plain_key` are, but for case,
accents, punctuation and legal form (`person_key` for people: title). How near two names are is judged by letters:
`latin_key` is the plain key in ASCII, `sound_key` what is left without vowels, so that محمد and Mohamed meet.
"""

import re
import unicodedata

from anyascii import anyascii

from briefs.search_keys import search_key

# Raise it when a key of the same name changes, and write a migration that makes the keys of all rows anew.
VERSION = 1
LONGEST_KEY = 200

# Legal forms as `search_key` writes them, to one word for each, in the countries where clients of the house sit. After
# the code list of ISO 20275 (GLEIF, CC0) and the OHADA act on companies. "": says nothing of which body it is.
_FORMS = {
    "ltd": "ltd", "limited": "ltd", "plc": "plc", "inc": "inc", "incorporated": "inc", "llc": "llc", "llp": "llp",
    "corp": "corp", "corporation": "corp", "co": "", "company": "", "pty": "", "pte": "", "pvt": "", "npc": "npc",
    "sarl": "sarl", "sarlu": "sarlu", "suarl": "sarlu", "eurl": "eurl", "sa": "sa", "sau": "sau", "sas": "sas",
    "sasu": "sasu", "snc": "snc", "scs": "scs", "gie": "gie", "scop": "scop", "spa": "spa", "srl": "srl", "lda": "lda",
    "limitada": "lda", "ltda": "lda", "sgps": "sgps", "gmbh": "gmbh", "ag": "ag", "kg": "kg", "bv": "bv", "nv": "nv",
    "ab": "ab", "oy": "oy", "asbl": "asbl", "شمم": "شمم", "ذمم": "ذمم", "شذمم": "ذمم", "شمل": "شمل", "شمع": "شمع",
}  # fmt: skip
# Those that also stand before the name: SARL Exemple, شركة …
_BEFORE = {"sarl", "sarlu", "suarl", "eurl", "sas", "ets", "etablissements", "شركه"}
# S.A.R.L., ش.م.م: single letters with full stops, with or without spaces, are one word.
_DOTTED = re.compile(r"(?<!\w)(?:\w\.\s?){1,6}\w(?!\w)\.?")
_TITLES = {
    "mr", "mrs", "ms", "dr", "prof", "eng", "sir", "m", "mme", "mlle", "sr", "sra", "dra", "الدكتور", "السيد", "السيده",
}  # fmt: skip
_ARTICLE = re.compile(r"(?<!\w)ال(?=\w{3})")
_SAME_SOUND = (
    ("ch", "sh"),
    ("kh", "k"),
    ("ph", "f"),
    ("ou", "w"),
    ("c", "k"),
    ("q", "k"),
    ("j", "g"),
    ("z", "s"),
)


def exact_key(name: str) -> str:
    """A name as it is told apart: NFKC, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:LONGEST_KEY]


def plain_key(name: str) -> str:
    """The name of an organisation without case, accents, punctuation and legal form; never empty for letters."""
    words = _words(name)
    left = words[_form_begins_from(words) : _form_ends_at(words)] or words
    return " ".join(left)[:LONGEST_KEY]


def legal_form(name: str) -> str:
    """Its legal form in one spelling for all ways to write it, such as "ltd" for Limited; "" when none is named."""
    words = _words(name)
    start, end = _form_begins_from(words), _form_ends_at(words)
    named = [_FORMS.get(word, "") for word in (*words[:start], *words[end:])]
    return next((form for form in named if form), "")


def person_key(name: str) -> str:
    """The name of a person without case, accents, punctuation and title."""
    words = _words(name)
    return " ".join([word for word in words if word not in _TITLES] or words)[:LONGEST_KEY]


def latin_key(key: str) -> str:
    """A plain key or a person's in lower-case ASCII letters and digits, whatever script it is in."""
    return " ".join(re.findall(r"[a-z0-9]+", anyascii(key).lower()))[:LONGEST_KEY]


def sound_key(key: str) -> str:
    """A plain key or a person's as it sounds: Latin, without articles, vowels and doubled letters, and with one letter
    for sounds that are spelt in several ways.
    """
    words = latin_key(_ARTICLE.sub("", key)).split()
    heard = (_consonants(word) for word in words if word not in ("al", "el"))
    return " ".join(heard)[:LONGEST_KEY]


def is_written_right_to_left(name: str) -> bool:
    """Whether it holds Arabic letters (or others from right to left)."""
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in name)


def _words(name: str) -> list[str]:
    joined = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", name)
    return search_key(joined).split()


def _form_begins_from(words: list[str]) -> int:
    return 1 if len(words) > 1 and words[0] in _BEFORE else 0


def _form_ends_at(words: list[str]) -> int:
    end = len(words)
    while end > 1 and words[end - 1] in _FORMS:
        end -= 1
    return end


def _consonants(word: str) -> str:
    text = word
    for written, heard in _SAME_SOUND:
        text = text.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyw]", "", text)) or word[:1]
