"""Names as they are compared: without what people leave out when they type. Knows nothing of Django."""

import re
import unicodedata

_WORD = re.compile(r"\w+")
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None})


def search_key(text: str) -> str:
    """A name without case, accents, vowel signs and the letters that Arabic writes in several ways."""
    letters = text.lower() if text.isascii() else _without_marks(text)
    return " ".join(_WORD.findall(letters))


def _without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_ARABIC))
    return "".join(char for char in plain if unicodedata.category(char) != "Mn")
