"""The page of the request form, put together from parts that were made once.

A form that is refused comes back whole, with every value: made anew, that cost three times what storing a request
does. So the page is made once for a language, for what is wrong and for which fields hold something, with gaps; what a
client typed is put into the gaps, as bytes, and never reaches a template.
"""

import html
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote_plus

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from briefs import alternates
from briefs.showing import render_page
from intake.form_fields import Entries, entries_of
from intake.forms import RequestForm

_LISTS = ("services", "countries_of_interest", "actors")
_SELECTS = ("timeframe", "budget", "country", "language")
_HIDDEN = ("brief", "form_id", "made", "came", "q7")
_REQUIRED = ("full_name", "email", "needs")
Errors = Mapping[str, tuple[str, ...]]
_GAP = "\ue000"  # stands before and after the name of what belongs between
CAME_GAP = "gap-for-came"  # the same within an address


@dataclass(frozen=True)
class Shell:
    """What the page around the fields depends on."""

    language: str
    status: int
    base: str
    action: str
    addresses: tuple[tuple[str, str], ...]  # of the page in each language, with CAME_GAP
    brief: tuple[str, str, str] | None  # title, address, language
    taken_over: str
    is_bound: bool
    has_words: bool
    is_optional_open: bool


def page_of(shell: Shell, form: RequestForm, errors: Mapping[str, Iterable[Any]]) -> bytes:
    """The page as it is sent. `errors` are by field: those of the form, or none where they are not the matter."""
    if settings.DEBUG:  # templates may change
        _pieces.cache_clear()
        _frame.cache_clear()
        _laid_out.cache_clear()
    told = tuple((name, tuple(map(str, found))) for name, found in errors.items())
    values = _values(form)
    # No name of a file, which the hint tells, holds what does not print, such as a gap.
    hint = form.files_to_choose_again()
    between, gaps = _laid_out(shell, told, hint, tuple(values))
    written = {name: _written_value(form, name, values, shell.language) for name in {*gaps}}
    parts = [b""] * (len(between) + len(gaps))
    parts[0::2] = between
    parts[1::2] = [written[name] for name in gaps]
    return b"".join(parts)


def _values(form: RequestForm) -> dict[str, Any]:
    """What stands in the form. Actors count where there are some to choose, whether or not one is chosen."""
    found = {name: value for name in form.fields if (value := _value(form, name))}
    chosen = found.pop("actors", ())
    offered = cast(Any, form.fields["actors"]).choices
    return found | {"actors": chosen} if offered else found


@lru_cache(maxsize=128)
def _laid_out(
    shell: Shell,
    errors: tuple[tuple[str, tuple[str, ...]], ...],
    hint: str,
    filled: tuple[str, ...],
) -> tuple[list[bytes], list[str]]:
    """The page with gaps where something stands in these fields: what is between them, and the gaps by name."""
    told = dict(errors)
    text = "".join(
        _fill(piece, shell.language, told, hint, piece in filled) if at % 2 else piece
        for at, piece in enumerate(_pieces(shell))
    )
    parts = text.split(_GAP)
    return [part.encode() for part in parts[0::2]], parts[1::2]


@lru_cache(maxsize=64)
def _pieces(shell: Shell) -> list[str]:
    names = (*RequestForm.base_fields, "summary")
    brief = shell.brief and dict(zip(("title", "url", "language"), shell.brief, strict=True))
    context = {
        **{name: getattr(shell, name) for name in ("status", "base", "action", "taken_over")},
        **{name: getattr(shell, name) for name in ("is_bound", "has_words", "is_optional_open")},
        "brief": brief,
        "part": {name: f"{_GAP}{name}{_GAP}" for name in names},
        "languages": alternates.of_addresses(dict(shell.addresses), shell.language),
    }
    page = render_page(None, "intake/request.html", context, shell.language)
    text = page.content.decode().replace(CAME_GAP, f"{_GAP}query{_GAP}")
    return text.split(_GAP)


def _fill(name: str, language: str, errors: Errors, hint: str, is_filled: bool) -> str:
    """What belongs into a gap of the page around the fields; a value is a gap again."""
    if name == "summary":
        return _summary(errors)
    if name == "query":
        return f"{_GAP}query{_GAP}"
    is_empty = name == "actors" and not is_filled
    if is_empty and name not in errors:
        return ""
    widget = _widget(name, language, has_errors=name in errors, is_filled=is_filled)
    if name in _HIDDEN:
        return widget
    hint = hint if name == "attachments" else ""
    before, after = _frame(name, language, errors.get(name, ()), hint, is_empty)
    return before + widget + after


def _summary(errors: Errors) -> SafeString:
    """The words that stand at the fields; those that stand at several say at which."""
    at_fields = Counter(error for found in errors.values() for error in set(found))
    links = (
        (
            f"id_{name}_0" if name in _LISTS else f"id_{name}",
            error if at_fields[error] == 1 else f"{field.label} – {error}",
        )
        for name, field in RequestForm.base_fields.items()
        for error in errors.get(name, ())
    )
    return format_html_join("", '<li><a href="#{}">{}</a></li>', links)


@dataclass(frozen=True)
class _Framed:
    """A field as its frame asks for it; what stands in the frame is a gap."""

    label: Any
    help_text: Any
    auto_id: str
    id_for_label: str
    errors: tuple[str, ...]

    def __str__(self) -> str:
        return _GAP


@lru_cache(maxsize=512)
def _frame(
    name: str, language: str, errors: tuple[str, ...], hint: str, is_empty: bool
) -> tuple[str, str]:
    """What stands before and after the widget: label, hint and errors, in the language in force."""
    bound = RequestForm()[name]
    field = _Framed(bound.label, bound.help_text, bound.auto_id, bound.id_for_label, errors)
    many = {"class": "many"} if name == "countries_of_interest" else {}
    template = "_field.html"
    if name in _LISTS:
        template = "intake/_choices.html"
    elif name == "consent":
        template = "intake/_consent.html"
    context = {
        "field": field,
        "optional": name not in _REQUIRED,
        "hint": hint,
        "is_empty": is_empty,
        **many,
    }
    context["language_query"] = alternates.language_query(language)
    before, after = render_to_string(template, context).split(_GAP)
    return before, after


def _widget(name: str, language: str, *, has_errors: bool, is_filled: bool) -> str:
    """A widget with a gap where its value stands, or the chosen entries; whole where nothing stands in it."""
    gap = f"{_GAP}{name}{_GAP}"
    if name in _LISTS:
        return gap if is_filled else _of_language(name, language).with_chosen(())
    if name in _SELECTS:
        before, after = _written(name, has_errors, False)
        listed = gap if is_filled else _of_language(name, language).with_chosen([""])
        return f"{before}{listed}{after}"
    before, after = _written(name, has_errors, is_filled)
    return f"{before}{gap}{after}" if after else before


def _written_value(form: RequestForm, name: str, values: Mapping[str, Any], language: str) -> bytes:
    """What belongs into a gap of the page that is laid out."""
    if name == "query":
        return quote_plus(str(values.get("came", ""))).encode()
    value = values[name]
    if name == "actors":
        return entries_of(form.fields[name], name).with_chosen(map(str, value)).encode()
    if name in _LISTS or name in _SELECTS:
        chosen = map(str, value if name in _LISTS else (value,))
        return _listed(name, language, _of_language(name, language).known_among(chosen))
    return html.escape(str(value)).encode()


def _value(form: RequestForm, name: str) -> Any:
    field = form.fields[name]
    if not form.is_bound:
        return form.get_initial_for_field(field, name)
    return form.value_of(name, field.widget)


@lru_cache(maxsize=128)
def _written(name: str, has_errors: bool, is_filled: bool) -> tuple[str, str]:
    """A widget as Django writes it, up to the value or the entries, and from there on; one without either is whole."""
    value = True if name == "consent" else _GAP
    form = RequestForm(initial={name: value} if is_filled else {})
    if has_errors:
        form.errors[name] = form.error_class(["-"])
    text = str(form[name])
    if name in _SELECTS:
        return text[: text.index("<option")].rstrip(), "</select>"
    before, _, after = text.partition(_GAP)
    return before, after


@lru_cache(maxsize=128)
def _listed(name: str, language: str, chosen: tuple[str, ...]) -> bytes:
    return _of_language(name, language).with_chosen(chosen).encode()


@lru_cache(maxsize=64)
def _of_language(name: str, language: str) -> Entries:
    return entries_of(RequestForm.base_fields[name], name)
