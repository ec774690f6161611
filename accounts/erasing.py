"""Erasing by the erasure map: look first, then carry out and keep the proof. Who is meant, the apps above say."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from accounts import erasure_map
from accounts.erasure_map import Person, Table
from accounts.models import Erasure, User

_BY_KEY = "derisk.erased-address"


@dataclass(frozen=True)
class Step:
    """What becomes of a person's rows in one table: ids of those that are deleted, emptied, and kept whole."""

    table: Table
    deleted: list[int]
    emptied: list[int]
    kept: list[int]
    kept_until: date | None

    @property
    def name(self) -> str:
        """The table for people."""
        return str(self.table.model._meta.verbose_name_plural)


def lock(person: Person) -> None:
    """Lock what others change while a person is erased: proposals before leads, as everywhere."""
    for table in reversed(erasure_map.about_clients()):
        if table.locks and table.of:
            list(table.of(person).select_for_update(of=("self",)).order_by("pk"))


def look(person: Person) -> list[Step]:
    """What an erasure would do, table by table; changes nothing."""
    person.rows.clear()
    return [step for table in erasure_map.about_clients() if (step := _step(table, person))]


def _step(table: Table, person: Person) -> Step | None:
    assert table.of is not None
    rows = table.of(person).order_by("pk")
    kept, until = _kept(table, rows)
    rows = rows.exclude(pk__in=kept)
    gone = rows.filter(table.deletes) if table.deletes is not None else rows.none()
    deleted = list(gone.values_list("pk", flat=True).distinct())
    left = rows.exclude(pk__in=deleted) if table.erase else rows.none()
    emptied = list(left.values_list("pk", flat=True).distinct())
    person.rows[table.label] = deleted + emptied
    if not deleted and not emptied and not kept:
        return None
    return Step(table, deleted, emptied, kept, until)


def _kept(table: Table, rows: erasure_map.Rows) -> tuple[list[int], date | None]:
    """The rows that must stay for a time, and until when."""
    if table.keeping is None:
        return [], None
    since = dict(table.keeping.rows(rows).values_list("pk", table.keeping.since))
    if not since:
        return [], None
    return sorted(since), (max(since.values()) + table.keeping.period()).date()


@transaction.atomic
def carry_out(
    *,
    person: Person,
    scope: Erasure.Scope,
    because: str,
    by: User | None,
    asked_by: User | None = None,
    alone_because: str = "",
) -> Erasure:
    """Erase what `look` shows, in one transaction with the proof. The caller has locked and closed what is open.

    A row that points at a deleted one and is not in the map makes all of it fail.
    """
    return perform(
        look(person),
        scope=scope,
        because=because,
        by=by,
        asked_by=asked_by,
        alone_because=alone_because,
        references=sorted(person.references),
        address_digests=sorted(address_digest(address) for address in person.addresses),
    )


@transaction.atomic
def perform(steps: list[Step], **record: Any) -> Erasure:
    """Write the proof, which opens the door, and go through it. `record` are the other columns of the proof."""
    erasure = Erasure.objects.create(
        **{"by": None, "references": [], "address_digests": []} | record,
        rows={
            step.table.model._meta.db_table: step.deleted + step.emptied
            for step in steps
            if step.deleted or step.emptied
        },
        kept=[_as_recorded(step) for step in steps if step.kept],
        kept_until=max((step.kept_until for step in steps if step.kept_until), default=None),
    )
    for step in steps:
        rows = step.table.model._base_manager
        if step.emptied:
            rows.filter(pk__in=step.emptied).update(**step.table.erase)
        if step.deleted:
            # Without Django's cascades: what hangs on these rows is in the map, or the check below refuses.
            rows.filter(pk__in=step.deleted)._raw_delete(using=connection.alias)
    _check_references()
    return erasure


def _as_recorded(step: Step) -> dict[str, Any]:
    assert step.table.keeping is not None
    return {
        "table": step.table.model._meta.db_table,
        "name": step.name,
        "count": len(step.kept),
        "reason": step.table.keeping.reason,
        "until": str(step.kept_until),
    }


def _check_references() -> None:
    """Foreign keys are checked at commit otherwise, where no verb can say what went wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# ---- Knowing an address again


def address_digest(address: str) -> str:
    """What stays of an erased address: an HMAC-SHA-256 under SECRET_KEY, so that the database alone tells nothing."""
    return _digest(address, settings.SECRET_KEY)


def address_digests(address: str) -> list[str]:
    """The digests under the present key and the earlier ones."""
    return [_digest(address, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _digest(address: str, key: str) -> str:
    value = address.strip().lower().encode("utf-8", "surrogatepass")
    return salted_hmac(_BY_KEY, value, secret=key, algorithm="sha256").hexdigest()


def erasures_of(address: str) -> erasure_map.Rows:
    """Whether and when the person with this address was erased, newest first."""
    found = Erasure.objects.filter(address_digests__overlap=address_digests(address))
    return found.select_related("by").order_by("-made_at", "-pk")
