"""Questions that readers ask in many shapes, each shape written once: a reader's words and filters are values in it."""

from typing import Any

from briefs.models import passages, words

# For each number of forms that words have, words that have as many; with a minus they leave something out.
_EXAMPLES = {1: "an example", 2: "um exemplão", 3: "exemplão exemplões"}
_LEFT_OUT = " -example"


def example_of(q: str) -> str:
    """Words that make the same statement as these do, with others in their places; empty for none."""
    if not q:
        return ""
    spoken = words.spoken(q)
    example = _EXAMPLES[len(words.forms(spoken))]
    if words.has_phrase(spoken):
        example = f'"{example}"'
    return example + _LEFT_OUT if words.leave_out(spoken) else example


def has_phrase(q: str) -> bool:
    """Whether some of these words have to stand together."""
    return words.has_phrase(words.spoken(q))


def texts_of(q: str) -> dict[str, Any]:
    """What a statement that looks for these words holds of them, by name."""
    if not q:
        return {}
    return {f"form{n}": form for n, form in enumerate(words.forms(words.spoken(q)))}


def texts_of_phrase(q: str) -> dict[str, Any]:
    """As `texts_of`, of a statement that looks for the words before it looks for them together."""
    spoken = words.spoken(q)
    if not words.has_phrase(spoken) or not words.leave_out(spoken):
        return texts_of(q)
    wanted = words.forms(words.wanted(spoken))
    # What is left out may have forms of its own: the statement has a place for each.
    more = len(words.forms(spoken)) - len(wanted)
    return texts_of(q) | {f"wanted{n}": form for n, form in enumerate(wanted + wanted[-1:] * more)}


def texts_marking(q: str) -> dict[str, Any]:
    """What a statement that marks these words in passages holds of them, by name."""
    return texts_of(q) | ({"pattern": passages.pattern_of(words.spoken(q))} if q else {})
