"""Writing the entries of a file: what is new, what changed, what is gone; the rest is left alone."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime

from django.db import connection, models
from psycopg import sql

from intake.models import ListedKind, SanctionsEntry, SanctionsList, SanctionsName
from intake.sanctions import comparing
from intake.sanctions.entries import BadFile, Listed, ListedName

_COLUMNS = tuple(f.name for f in fields(Listed) if f.name not in ("uid", "names"))
_TWICE = "Two entries have the same number."


class Writer:
    """Writes entries batch by batch, within the caller's transaction; `kept` are the ids of those that the file has."""

    def __init__(self, loaded: SanctionsList, now: datetime) -> None:
        self._list = loaded
        self._now = now
        self._all_anew = loaded.keys_version != comparing.VERSION
        self.kept: set[int] = set()
        self.added = 0
        self.changed = 0

    def write(self, batch: list[Listed]) -> None:
        """Store what is new or says something else than before. Raises BadFile for a number that comes twice."""
        by_uid = {one.uid: one for one in batch}
        rows = SanctionsEntry.objects.filter(of_list=self._list, uid__in=by_uid)
        known = {uid: (pk, digest) for pk, uid, digest in rows.values_list("pk", "uid", "digest")}
        pks = {uid: pk for uid, (pk, _) in known.items()}
        if len(by_uid) < len(batch) or self.kept & set(pks.values()):
            raise BadFile(_TWICE)
        fresh = [
            one for one in batch if self._all_anew or known.get(one.uid, (0, ""))[1] != one.digest
        ]
        changed = [one for one in fresh if one.uid in pks]
        self.kept |= set(pks.values())
        self.changed += len(changed)
        self.added += len(fresh) - len(changed)
        self._store(fresh, changed, pks)

    def _store(self, fresh: list[Listed], changed: list[Listed], pks: Mapping[str, int]) -> None:
        """New rows are copied in, which costs a third of an INSERT; the few that changed are written over."""
        new = [one for one in fresh if one.uid not in pks]
        ids = {**pks, **dict(zip((one.uid for one in new), _new_ids(len(new)), strict=True))}
        _copy(SanctionsEntry, (self._row(one, ids[one.uid]) for one in new))
        SanctionsEntry.objects.bulk_update(
            [self._row(one, ids[one.uid]) for one in changed],
            [*_COLUMNS, "digest", "name", "changed_at"],
        )
        SanctionsName.objects.filter(entry__in=[ids[one.uid] for one in changed]).delete()
        _copy(
            SanctionsName,
            (_name_row(ids[one.uid], one.kind, name) for one in fresh for name in one.names),
        )
        self.kept |= {ids[one.uid] for one in new}

    def _row(self, one: Listed, pk: int) -> SanctionsEntry:
        columns = {name: getattr(one, name) for name in _COLUMNS}
        lists_ = {name: list(value) for name, value in columns.items() if isinstance(value, tuple)}
        if len(one.uid) > 100 or len(one.reference) > 200:
            raise BadFile("The number of an entry is longer than any publisher's.")
        return SanctionsEntry(
            pk=pk,
            of_list=self._list,
            uid=one.uid,
            name=one.name,
            digest=one.digest,
            changed_at=self._now,
            **columns | lists_,
        )

    def remove_others(self) -> int:
        """Take out what the file does not hold any more; how many."""
        all_pks = SanctionsEntry.objects.filter(of_list=self._list).values_list("pk", flat=True)
        gone = [pk for pk in all_pks.iterator() if pk not in self.kept]
        SanctionsEntry.objects.filter(pk__in=gone).delete()
        return len(gone)


def _new_ids(number: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [SanctionsEntry._meta.db_table, number],
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Write new rows as a stream; ids that are not given are the database's."""
    columns = [
        f for f in model._meta.concrete_fields if not f.primary_key or model is SanctionsEntry
    ]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join([sql.Identifier(str(f.column)) for f in columns]),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([getattr(row, f.attname) for f in columns])


def _name_row(entry_pk: int, kind: str, name: ListedName) -> SanctionsName:
    compared = comparing.name_of(name.text, is_person=kind == ListedKind.INDIVIDUAL)
    return SanctionsName(
        entry_id=entry_pk,
        name=name.text,
        quality=_quality(name).value,
        latin_key=compared.latin_key,
        sound_key=compared.sound_key,
        sounds=compared.sounds,
    )


def _quality(name: ListedName) -> SanctionsName.Quality:
    if name.is_weak:
        return SanctionsName.Quality.WEAK
    return SanctionsName.Quality.PRIMARY if name.is_primary else SanctionsName.Quality.GOOD
