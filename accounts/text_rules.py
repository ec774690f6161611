"""What text may hold: any language, but nothing that hides or reorders what is read."""

import re
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# C0 and C1 controls except tab, line feed and carriage return; lone surrogates; bidi overrides and isolates,
# which can make a text read otherwise than it is stored; U+FFFD, which stands where bytes were no text, so that what
# was sent is lost already. U+FEFF and other invisible formatters stay allowed.
UNSEEN = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffd"
BREAKS = r"\r\n\u2028\u2029"
# Blanks and what shows as nothing: joiners, fillers, selectors, tags (Default_Ignorable_Code_Point), the empty Braille
# cell. They have their place within a text, and make none by themselves.
INVISIBLE = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
)
# More of them, which patterns of JavaScript, and so of JSON Schema, cannot name in a range.
_INVISIBLE_TOO = "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
_HIDDEN = re.compile(rf"[{UNSEEN}\ud800-\udfff]")
_SEEN = re.compile(f"[^{INVISIBLE}{_INVISIBLE_TOO}]")
_WORD = "[A-Za-z0-9]"
_PLAIN_ADDRESS = re.compile(
    rf"(?=[^@]{{1,64}}@)(?:{_WORD}+[._+-])*{_WORD}+@(?:{_WORD}(?:[A-Za-z0-9-]{{0,61}}{_WORD})?\.)+[A-Za-z]{{2,63}}"
)
# Names that lead nowhere but to machines of whoever asks for them: RFC 6761, RFC 6762, ICANN's .internal.
_OF_THE_HOUSE = (".localhost", ".localdomain", ".local", ".internal")
_LINE_BREAK = re.compile(f"[{BREAKS}]")
CANNOT_RECEIVE = _("Enter an e-mail address that can receive mail, like name@company.com")


def refuse_hidden_characters(value: str) -> None:
    """Raise ValidationError(code="hidden_characters") for control, surrogate and bidi override characters.

    Code "damaged" for what stands where bytes were no text.
    """
    found = _HIDDEN.search(value)
    if found and found.group() == "\ufffd":
        raise ValidationError(
            _("The character at position %(place)d did not arrive whole. Write it again."),
            code="damaged",
            params={"place": found.start() + 1},
        )
    if found:
        raise ValidationError(
            _("Take out the hidden character at position %(place)d (%(name)s)."),
            code="hidden_characters",
            params={"place": found.start() + 1, "name": f"U+{ord(found.group()):04X}"},
        )


def refuse_invisible(value: str) -> None:
    """Raise ValidationError(code="blank") for a text of which nothing can be seen."""
    if not _SEEN.search(value):
        raise ValidationError(
            _("Write something that can be seen; blanks alone say nothing."), code="blank"
        )


def is_plain_line(text: str) -> bool:
    """Whether all of it prints, and something of it is seen: no rule on lines refuses that."""
    return text.isprintable() and bool(_SEEN.search(text)) and "\ufffd" not in text


def is_plain_address(text: str) -> bool:
    """Whether it is an address of letters, digits, dots and such, as most are: no rule on addresses refuses that."""
    is_plain = len(text) <= 100 and bool(_PLAIN_ADDRESS.fullmatch(text))
    return is_plain and not text.lower().endswith(_OF_THE_HOUSE)


def plain(text: str, limit: int) -> str:
    """Text that nobody typed, such as a header, without what cannot be seen, cut to `limit` characters."""
    if text.isprintable():
        return text[:limit]
    return "".join(letter for letter in text[: 2 * limit] if letter.isprintable())[:limit]


def refuse_line_breaks(value: str) -> None:
    """Raise ValidationError(code="line_break"): a name or a number stands on one line."""
    if _LINE_BREAK.search(value):
        raise ValidationError(_("Write this on one line."), code="line_break")


def refuse_unusual_email(value: str) -> None:
    """Raise ValidationError(code="unusual_email") for addresses that mail servers do not take.

    Django's own check lets through invisible characters in the domain, a few letters that are not ASCII before
    the @, local parts over 64 characters, domains that grow too long when written in ASCII, and what only leads to
    machines of the house: localhost, names such as host.internal, and numbers of machines in brackets.
    """
    local, at, domain = value.rpartition("@")
    is_plain = local.isascii() and local.isprintable() and len(local) <= 64
    written = _in_ascii(domain)
    is_ours = written.lower().endswith(_OF_THE_HOUSE) or written.startswith("[")
    is_named = not at or ("." in written and not is_ours)
    if not (is_plain and is_named) or not 0 < len(written) <= 253 - len(local):
        raise ValidationError(CANNOT_RECEIVE, code="unusual_email")


@lru_cache(maxsize=256)
def _in_ascii(domain: str) -> str:
    """The domain as mail servers write it; empty when it cannot be one."""
    if not domain.isprintable():
        return ""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return ""
