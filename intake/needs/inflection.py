"""Arabic words in the forms that a text may have them in: their list says what kind of word each is.

`+` stands before a noun, which may have the article and say whose it is (طريق, الطريق, طريقنا); `^` before the root of
a verb in the present (خبر: يخبر, تخبرونا, نخبرهم), `%` before one in the present or past (هدد: هددوا, يهددنا).
"""

from collections.abc import Iterator

from briefs.search_keys import search_key

_ARTICLE = "ال"
_WHOSE = ("نا", "هم", "ها", "كم", "ي")
_FEMININE = "ه"
_PERSONS = ("ي", "ت", "ن", "ا", "سي", "ست", "سن", "كي", "حي", "هي")


def forms_of(name: str) -> Iterator[str]:
    """A word or phrase as it may be written; one without a sign only as it is."""
    first, _, rest = name[1:].partition(" ")
    if name.startswith("+"):
        yield from (f"{form} {rest}".strip() for form in _noun(first, is_alone=not rest))
    elif name.startswith(("^", "%")):
        root = search_key(first)
        if name.startswith("%"):
            yield f"{root}* {rest}".strip()
        yield from (f"{person}{root}* {rest}".strip() for person in _PERSONS)
    else:
        yield name


def _noun(word: str, *, is_alone: bool) -> Iterator[str]:
    key = search_key(word) + ("*" if word.endswith("*") else "")
    yield key
    yield _ARTICLE + key
    if is_alone and not key.endswith("*"):
        stem = key[:-1] + "ت" if key.endswith(_FEMININE) else key
        yield from (stem + whose for whose in _WHOSE)
