"""Loading a file of a list: all of it in one transaction, or nothing and the list stays as it was."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake.models import SanctionsList, SanctionsName
from intake.sanctions import comparing, formats, lists
from intake.sanctions.entries import BadFile, Listed
from intake.sanctions.storing import Writer
from jobs import queue

_BATCH = 500
# A list that loses more than this of its entries at once is rather a file that lost its end.
MOST_LOST = 0.1
_FEW = 20  # of so few entries any loss is a large part


@dataclass(frozen=True)
class Loaded:
    """What came of a file."""

    list: SanctionsList
    is_new: bool
    added: int = 0
    changed: int = 0
    removed: int = 0
    instead_of: date | None = None  # the later date of what was loaded before

    @property
    def in_words(self) -> str:
        """For whoever loaded it."""
        of_date = f"{self.list} of {self.list.published_on:%d %B %Y}"
        if not self.is_new:
            return f"{of_date} is loaded already: the same file. Noted that there is none newer."
        counted = f"{self.list.entry_count} entries with {self.list.name_count} names"
        moved = f"{self.added} new, {self.changed} changed, {self.removed} gone"
        instead = f" instead of that of {self.instead_of:%d %B %Y}" if self.instead_of else ""
        return f"{of_date} is loaded{instead}: {counted} ({moved})."


@transaction.atomic
def load_file(
    *,
    code: str,
    path: Path,
    by: User | None,
    name: str = "",
    may_shrink: bool = False,
    may_be_older: bool = False,
    now: datetime | None = None,
) -> Loaded:
    """Replace a list by what this file holds, at once for whoever looks, and have open leads looked at again.

    The same file again changes nothing but `confirmed_at`. Raises ValidationError, and leaves the list as it was: code
    "broken" for a file that is empty, cut off or of another list, "older" for one of an earlier date than the list
    has unless `may_be_older` (what is loaded was a wrong file), "shrinks" for one that lost more than a tenth of the
    entries unless `may_shrink`.
    """
    now = now or timezone.now()
    lists.all_lists()
    loaded = SanctionsList.objects.select_for_update(of=("self",)).get(code=code)
    digest = _digest(path)
    if loaded.sha256 == digest and loaded.keys_version == comparing.VERSION:
        loaded.confirmed_at = now
        loaded.save(update_fields=["confirmed_at"])
        return Loaded(loaded, is_new=False)
    try:
        result = _replace(loaded, path, now, may_shrink, may_be_older)
    except BadFile as error:
        raise ValidationError(f"{error} The list was left as it was.", code="broken") from error
    _note(result.list, digest, (name or path.name)[:200], by, now)
    queue.enqueue(
        queue.Ask(
            "intake.screen_again", 0, key=f"list:{loaded.pk}:{digest[:16]}:{now.timestamp():.0f}:0"
        )
    )
    return result


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(loaded: SanctionsList, digest: str, name: str, by: User | None, now: datetime) -> None:
    loaded.sha256, loaded.source, loaded.loaded_by = digest, name, by
    loaded.loaded_at, loaded.confirmed_at = now, None
    loaded.keys_version = comparing.VERSION
    loaded.save()


def _replace(
    loaded: SanctionsList, path: Path, now: datetime, may_shrink: bool, may_be_older: bool
) -> Loaded:
    before, had = loaded.entry_count, loaded.published_on
    with formats.open_file(loaded.code, path) as reading:
        _refuse_date(loaded, reading.published_on, now, may_be_older)
        loaded.published_on = reading.published_on
        writer = Writer(loaded, now)
        for batch in _batches(reading.entries):
            writer.write(batch)
        count = len(writer.kept)
        if reading.stated_count is not None and count < reading.stated_count:
            raise BadFile(
                f"The file says that it holds {reading.stated_count} entries, but has {count}. Fetch it again."
            )
    if not count:
        raise BadFile("The file holds no entry.")
    if not may_shrink and before - count > max(_FEW, MOST_LOST * before):
        raise ValidationError(
            f"The file holds {count} entries, the list {before}: a loss of more than a tenth. If that is right, "
            "confirm that the list may shrink. The list was left as it was.",
            code="shrinks",
        )
    removed = writer.remove_others()
    loaded.entry_count = count
    loaded.name_count = SanctionsName.objects.filter(entry__of_list=loaded).count()
    later = had if had and had > loaded.published_on else None
    return Loaded(loaded, True, writer.added, writer.changed, removed, later)


def _refuse_date(
    loaded: SanctionsList, published_on: date, now: datetime, may_be_older: bool
) -> None:
    if published_on > now.date() + timedelta(days=1):
        raise BadFile(f"The file bears a date that is still to come: {published_on:%d %B %Y}.")
    if not may_be_older and loaded.published_on and published_on < loaded.published_on:
        raise ValidationError(
            f"The file is of {published_on:%d %B %Y}, the list of {loaded.published_on:%d %B %Y}: an older file is not "
            "loaded. If what is loaded is wrong, say why this one is used, in the staff screens or by --older-because. "
            "The list was left as it was.",
            code="older",
        )


def _batches(entries: Iterable[Listed]) -> Iterator[list[Listed]]:
    rest = iter(entries)
    while batch := list(islice(rest, _BATCH)):
        yield batch
