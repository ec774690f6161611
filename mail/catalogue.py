"""The templates that staff may reword, each with the closed list of what may stand in it.

An app names its own in its `mail_templates.py`. What is not here is a pair of Django's template files, as before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext

Values = Mapping[str, str]
LANGUAGES = ("en", "fr", "pt", "ar")


@dataclass(frozen=True)
class Placeholder:
    """What may stand in a template as {{ name }}.

    A passage is words of our own that stand alone in a paragraph, and are left out with it when they do not apply;
    a strong one is printed bold; a code, such as a reference, is never broken over two lines.
    """

    name: str
    meaning: str
    is_required: bool = False
    is_link: bool = False
    is_passage: bool = False
    is_strong: bool = False
    is_code: bool = False

    @property
    def written(self) -> str:
        """As it is written in a text."""
        return "{{ " + self.name + " }}"


@dataclass(
    frozen=True, eq=False
)  # one is what was registered, so that what is made of it can be kept
class MailTemplate:
    """One mail: who gets it and when, what may stand in it, and how a letter's context fills that.

    `fill` gives every placeholder a value in the language that is active. `sample` is a context for the preview:
    values, or functions that say one in a language.
    """

    name: str
    slug: str
    title: str
    placeholders: tuple[Placeholder, ...]
    fill: Callable[[Mapping[str, Any]], Values]
    sample: Mapping[str, Any] = field(default_factory=dict)
    languages: tuple[str, ...] = LANGUAGES

    def sample_in(self, language: str) -> dict[str, Any]:
        """The context for a preview in this language."""
        return {n: one(language) if callable(one) else one for n, one in self.sample.items()}

    def placeholder(self, name: str) -> Placeholder | None:
        """The placeholder of this name, if there is one."""
        return next((one for one in self.placeholders if one.name == name), None)

    def built_in(self, language: str) -> tuple[str, str]:
        """Subject and text as they came with this version; English where there is no other."""
        spoken = language if language in self.languages else "en"
        # Read, not rendered: {{ … }} is replaced by ourselves, as in a text of staff.
        file: Any = get_template(f"{self.name}.{spoken}.md")
        source = str(file.template.source)
        first, _, body = source.partition("\n")
        return first.removeprefix("Subject:").strip(), body.strip()

    def values(self, context: Mapping[str, Any], language: str) -> Values:
        """What stands for each placeholder in a letter in this language."""
        with translation.override(language):
            return self.fill(context)


def greeting(full_name: str) -> str:
    """How a mail begins, in the language that is active."""
    if full_name:
        return gettext("Dear %(name)s,") % {"name": full_name}
    return gettext("Hello,")


_TEMPLATES: dict[str, MailTemplate] = {}


def register(template: MailTemplate) -> None:
    """Let staff reword a template."""
    _TEMPLATES[template.name] = template


def find(name: str) -> MailTemplate | None:
    """The template of this name, if staff may reword it."""
    return _TEMPLATES.get(name)


def by_slug(slug: str) -> MailTemplate | None:
    """The template with this short name."""
    return next((one for one in _TEMPLATES.values() if one.slug == slug), None)


def all_templates() -> list[MailTemplate]:
    """Every template that staff may reword, by title."""
    return sorted(_TEMPLATES.values(), key=lambda one: one.title)
