"""Translations: briefs of their own, tied to the brief that they translate."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from briefs import commenting, revising, snapshots
from briefs.models import Brief, Judgement
from briefs.models.brief_triggers import CONTENT

LANGUAGES = ("en", "fr", "pt", "ar")
# What a translation does not decide for itself, beside what hangs on its source.
OWNED_BY_SOURCE = ("kind", "tlp", "is_sample", "countries", "topics", "data_cutoff")
# In words, for who translates.
_FACTS = {name: name.replace("_", " ") for name in OWNED_BY_SOURCE} | {
    "tlp": "marking",
    "is_sample": "being a sample",
    "data_cutoff": "data cut-off",
}
_RATING = {name: name for name in revising.JUDGED} | {"horizon_on": "horizon"}


def _ids(rows: list[dict[str, Any]]) -> set[int]:
    return {row["id"] for row in rows}


def _grades(rows: list[dict[str, Any]]) -> set[tuple[int, int]]:
    return {(row["source_id"], row["credibility"]) for row in rows}


# What hangs on both, and what of it has to be the same: names are written as the language wants them.
_LINKED = {"incidents": _ids, "actors": _ids, "places": _ids, "citations": _grades}


@transaction.atomic
def start_translation(*, brief: Brief, by: User, language: str) -> Brief:
    """A draft in another language with everything of the brief's newest text; the prose waits to be translated.

    Raises ValidationError("taken") when the brief has a translation in that language or is written in it,
    ("conflict") for a pending revision: its words are translated once they are the brief's.
    """
    source = revising.lock(brief)
    if source.revises_id:
        raise ValidationError(
            "Translate the live brief, not its pending revision.", code="conflict"
        )
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
def take_over_facts(*, brief: Brief, by: User) -> Brief:
    """Give a translation what its source owns: marking, countries, topics, cut-off, actors, places, incidents,
    sources, and how likely, how sure and by when each judgement is.

    The prose stays. A judgement that is new in the source comes with its words, to be translated; one that is gone
    goes. Raises ValidationError("conflict") when it translates nothing or its text may not change where it stands.
    """
    locked = revising.reopen(brief=brief, by=by, reason="Facts taken over from the source.")
    if locked.translated_from is None or not locked.is_editable:
        raise ValidationError(
            "Only a translation that is being written takes over facts.", code="conflict"
        )
    source = Brief.objects.get(pk=locked.translated_from.brief_id)
    for name in OWNED_BY_SOURCE:
        setattr(locked, name, getattr(source, name))
    locked.full_clean(exclude=["slug"])
    locked.save()
    revising.copy_links(source, locked)
    _take_over_judgements(source, locked)
    revising.record_revision(
        brief=locked, by=by, note=f"Facts of {source.head_revision} of the source"
    )
    locked.refresh_from_db()
    return locked


def _take_over_judgements(source: Brief, translation: Brief) -> None:
    standing = list(source.judgements.filter(position__isnull=False))
    translation.judgements.exclude(key__in=[row.key for row in standing]).delete()
    for row in standing:
        owned = {name: getattr(row, name) for name in ("position", "scale", *revising.JUDGED)}
        if not translation.judgements.filter(key=row.key).update(**owned):
            Judgement.objects.create(brief=translation, **revising.judgement_fields(row))


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


def differences(brief: Brief) -> list[str]:
    """In which facts a translation differs from what readers are told by its source, in words; none when it may.

    A source that is not published tells readers nothing that could be contradicted.
    """
    seen = brief.translated_from
    live = seen.brief.live_revision if seen and seen.brief.status == "published" else None
    if live is None:
        return []
    theirs, ours = live.snapshot, snapshots.snapshot_of(brief)
    own = [words for name, words in _FACTS.items() if theirs[name] != ours[name]]
    linked = [name for name, tell in _LINKED.items() if tell(theirs[name]) != tell(ours[name])]
    return [*own, *_rated_apart(theirs["judgements"], ours["judgements"]), *linked]


def _rated_apart(theirs: list[dict[str, Any]], ours: list[dict[str, Any]]) -> list[str]:
    """Which judgements the two rate apart, or only one of them has."""
    there, here = ({row["key"]: row for row in rows} for rows in (theirs, ours))
    apart = [
        f"judgement {row['position']} ({', '.join(_RATING[name] for name in wrong)})"
        for key, row in here.items()
        if key in there and (wrong := [n for n in _RATING if row[n] != there[key][n]])
    ]
    return ["which judgements it holds"] * (there.keys() != here.keys()) + apart


def _siblings(brief: Brief) -> QuerySet[Brief]:
    return Brief.objects.filter(translation_key=brief.translation_key, revises__isnull=True)


def _slug(source: Brief, language: str) -> str:
    """The source's address with the language behind it; the translator gives it a better one."""
    return f"{source.slug[:110]}-{language}"
