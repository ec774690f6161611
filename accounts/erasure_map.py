"""The erasure map: what every column of the database says of people, and what becomes of it.

Each app declares its tables in its `personal_data.py`; a test fails while a column is missing. Erasure, the copy of
their data that a person may ask for, and the replay after a restore all go by this map and by nothing else.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.module_loading import autodiscover_modules

# What stands where a client's words stood and something must.
ERASED = "Erased"
ERASED_EMAIL = "erased@erased.invalid"
Rows = models.QuerySet[Any]
DOOR = "erasure_admits"  # see accounts.erasure_door


def erased_key() -> Concat:
    """A value that no other row of the table has, for what must be unique."""
    return Concat(Value("erased-"), Cast(F("pk"), CharField()))


def is_erased_key(key: str, pk: int) -> bool:
    """Whether the row with this number was erased, by what it holds where `erased_key` was put."""
    return key == f"erased-{pk}"


@dataclass(frozen=True)
class Person:
    """Whose data: the ids of what stands for them, their leads' references, their addresses in small letters.

    `rows` holds the ids by table that the map has found so far, for tables about rows of other tables.
    """

    leads: frozenset[int] = frozenset()
    contacts: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    references: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    rows: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Keeping:
    """Rows that the law or the house needs longer than the person wants: which, why, and for how long since when."""

    reason: str
    rows: Callable[[Rows], Rows]
    since: str
    period: Callable[[], timedelta]


@dataclass(frozen=True)
class Table:
    """One model's part of the map; see `declare`."""

    model: type[models.Model]
    of: Callable[[Person], Rows] | None
    erase: Mapping[str, Any]
    deletes: Q | None
    personal: frozenset[str]
    keep: Mapping[str, str]
    staff: frozenset[str]
    none: frozenset[str]
    keeping: Keeping | None
    withheld: Mapping[str, str]
    locks: bool
    is_last: bool

    @property
    def label(self) -> str:
        """The table by its model, as in intake.enquiry."""
        return self.model._meta.label_lower

    @property
    def groups(self) -> list[frozenset[str]]:
        """The classes that a column can be in, each with its columns."""
        return [frozenset(self.erase), self.personal, frozenset(self.keep), self.staff, self.none]


_TABLES: dict[type[models.Model], Table] = {}


def declare(
    model: type[models.Model],
    *,
    of: Callable[[Person], Rows] | None = None,
    erase: Mapping[str, Any] | None = None,
    deletes: Q | None = None,
    personal: str = "",
    keep: Mapping[str, str] | None = None,
    staff: str = "",
    none: str = "",
    keeping: Keeping | None = None,
    withheld: Mapping[str, str] | None = None,
    locks: bool = False,
    is_last: bool = False,
) -> None:
    """Say of every column of a model, once, what it holds.

    of        the rows about a person; None when no row is about a client
    erase     columns that tell of a client, each with the value or expression that stands there afterwards
    deletes   which of the rows are deleted instead; Q() means all of them
    personal  columns that tell of a client and go with the deleted row, which have no value of their own in `erase`
    keep      columns that tell of a client and stay, each with the reason
    staff     columns that tell of a member of the house
    none      columns that tell of nobody: ids, references, times, codes
    keeping   rows that stay whole for a time, for a reason of law
    withheld  columns that are left out of the copy that a person gets, each with the reason
    locks     others change these rows too: an erasure locks them before it looks
    is_last   `of` needs `person.rows`, what the other tables hold
    """
    table = Table(
        model=model, of=of, erase=erase or {}, deletes=deletes, personal=frozenset(personal.split()), keep=keep or {},
        staff=frozenset(staff.split()), none=frozenset(none.split()), keeping=keeping, withheld=withheld or {},
        locks=locks, is_last=is_last,
    )  # fmt: skip
    _TABLES[model] = table


def tables() -> list[Table]:
    """The whole map, in the order of the apps; those that need the others' rows last."""
    autodiscover_modules("personal_data")
    return sorted(_TABLES.values(), key=lambda table: table.is_last)


def about_clients() -> list[Table]:
    """The tables with rows about clients."""
    return [table for table in tables() if table.of is not None]


def problems() -> list[str]:
    """What the map lacks, each with what to write where; empty when every column of every table is classified."""
    known = {table.model: table for table in tables()}
    found: list[str] = []
    for model in apps.get_models(include_auto_created=True):
        table = known.get(model)
        found += _of_table(table) if table else [_stub(model)]
    return found


def _columns(model: type[models.Model]) -> list[str]:
    return [column.name for column in model._meta.concrete_fields]


def _home(model: type[models.Model]) -> str:
    """The file for a model's part of the map; tables of libraries are declared at the bottom of the house."""
    app = apps.get_app_config(model._meta.app_label)
    is_ours = apps.get_app_config("accounts").path.rpartition("/")[0] == app.path.rpartition("/")[0]
    return f"{app.name if is_ours else 'accounts'}/personal_data.py"


def _stub(model: type[models.Model]) -> str:
    return (
        f"{model._meta.label} is not in the erasure map. Write in {_home(model)}, and move each column that tells of "
        "a client to erase= (or personal= with deletes=Q()) or keep=, of staff to staff=; with rows about clients add "
        "of= (docs/privacy.md says more):\n"
        f'    declare({model.__name__}, none="{" ".join(_columns(model))}")'
    )


def _of_table(table: Table) -> Iterator[str]:
    name, columns = table.model._meta.label, _columns(table.model)
    where = f"in declare({table.model.__name__}, …) in {_home(table.model)}"
    for column in columns:
        times = sum(column in group for group in table.groups)
        if not times:
            yield (
                f"{name}.{column} is not in the erasure map. Name it {where}: under none= when it tells of nobody, "
                f"staff= of a member of the house, erase={{column: what stands there afterwards}} or keep={{column: "
                f"reason}} of a client."
            )
        elif times > 1:
            yield f"{name}.{column} stands twice {where}. Leave it in one group."
    named = frozenset().union(*table.groups, table.withheld)
    yield from (
        f"{name} has no column {lost}. Take it out {where}." for lost in sorted(named - {*columns})
    )
    if (table.erase or table.personal or table.keep) and table.of is None:
        yield f"{name} tells of clients. Say {where} with of= which rows are about a person."
    for trigger in _shut(table):
        yield (
            f"The trigger {trigger} of {name} lets no erasure pass. Make it with accounts.erasure_door.frozen("
            f'"{table.model._meta.db_table}", "{trigger}", …), which opens for an erasure that names the row.'
        )
    if table.personal and table.deletes is None:
        yield f"{name} has personal= without deletes=. Say {where} which rows go, or use erase= for each column."


def _shut(table: Table) -> Iterator[str]:
    """Triggers that would refuse what the map does to this table."""
    model: Any = table.model  # pgtrigger wants one and takes its class
    for trigger in getattr(model._meta, "triggers", ()):
        if not isinstance(trigger, pgtrigger.Protect):
            continue
        operations = str(trigger.operation)
        meets = ("DELETE" in operations and table.deletes is not None) or (
            "UPDATE" in operations and _touches(trigger, table)
        )
        if meets and DOOR not in getattr(trigger.get_condition(model), "sql", ""):
            yield str(trigger.name)


def _touches(trigger: pgtrigger.Protect, table: Table) -> bool:
    """Whether it protects a column that the map changes."""
    exclude = getattr(trigger, "exclude", None)
    fields = getattr(trigger, "fields", None)
    changed = set(table.erase)
    if exclude:
        return bool(changed - set(exclude))
    return bool(changed & set(fields)) if fields else bool(changed)
