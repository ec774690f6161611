"""Translations: briefs of their own, tied to the brief that they translate."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from briefs import commenting, revising
from briefs.models import Brief
from briefs.models.brief_triggers import CONTENT

LANGUAGES = ("en", "fr", "pt", "ar")


@transaction.atomic
def start_translation(*, brief: Brief, by: User, language: str) -> Brief:
    """A draft in another language with everything of the brief's newest text; the prose waits to be translated.

    Raises ValidationError("taken") when the brief has a translation in that language or is written in it.
    """
    source = revising.lock(brief)
    if language not in LANGUAGES or _siblings(source).filter(language=language).exists():
        raise ValidationError("There is a text in this language already.", code="taken")
    content = {name: getattr(source, name) for name in CONTENT if name != "language"}
    draft = Brief(
        slug=_slug(source, language),
        language=language,
        translation_key=source.translation_key,
        translated_from=source.head_revision,
        created_by=by,
        **content,
    )
    draft.full_clean()
    draft.save()
    revising.copy_children(source, draft)
    revising.record_revision(brief=draft, by=by, note=f"Begun as a translation of {source}"[:200])
    draft.refresh_from_db()
    return draft


@transaction.atomic
def mark_up_to_date(*, brief: Brief, by: User) -> Brief:
    """Put on record that a translation says what its source says now, and who says so.

    The text itself stays, so that no approval is lost; the word of the translator stands in the thread. Raises
    ValidationError("conflict") when it translates nothing or was not behind.
    """
    locked = revising.lock(brief)
    if not is_behind(locked) or locked.translated_from is None:
        raise ValidationError("It is up to date already.", code="conflict")
    source = locked.translated_from.brief
    locked.translated_from = source.head_revision
    locked.save(update_fields=["translated_from", "updated_at"])
    commenting.note_done(
        brief=locked,
        by=by,
        text=f"Up to date with {source.head_revision} of the text it translates.",
    )
    return locked


def is_behind(brief: Brief) -> bool:
    """Whether the text that this one translates has changed since."""
    seen = brief.translated_from
    return seen is not None and seen.brief.head_revision_id != seen.pk


def _siblings(brief: Brief) -> QuerySet[Brief]:
    return Brief.objects.filter(translation_key=brief.translation_key, revises__isnull=True)


def _slug(source: Brief, language: str) -> str:
    """The source's address with the language behind it; the translator gives it a better one."""
    return f"{source.slug[:110]}-{language}"
