"""Questions that readers ask in many shapes, each shape written once: a reader's words and filters are values in it."""

from typing import Any

from briefs.models import passages, words

# For each number of forms that words have, words that have as many; with a minus they leave something out.
_EXAMPLES = {1: "an example", 2: "exemplão", 3: "exemplão exemplões"}
_LEFT_OUT = " -example"


def example_of(q: str) -> str:
    """Words that make the same statement as these do, with others in their places; empty for none."""
    if not q:
        return ""
    spoken = words.spoken(q)
    example = _EXAMPLES[len(words.forms(spoken))]
    return example + _LEFT_OUT if words.leave_out(spoken) else example


def texts_of(q: str) -> dict[str, Any]:
    """What a statement that looks for these words holds of them, by name."""
    if not q:
        return {}
    return {f"form{n}": form for n, form in enumerate(words.forms(words.spoken(q)))}


def texts_marking(q: str) -> dict[str, Any]:
    """What a statement that marks these words in passages holds of them, by name."""
    return texts_of(q) | ({"pattern": passages.pattern_of(words.spoken(q))} if q else {})
