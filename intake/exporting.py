"""The copy of their data that a person may ask for (GDPR, article 15): one archive, made by the erasure map."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts import erasing, erasure_map
from accounts.erasure_map import Person, Table
from accounts.models import User
from intake import copy_words, identifying, scanning
from intake.models import Activity, Attachment, DataCopy, DataCopyDownload
from intake.models.privacy import COPY_LASTS
from jobs import queue
from mail import outbox

_UNSAFE = re.compile(r"[^\w.\-]+", re.ASCII)
STAFF = "Names members of our staff."
# What the person wrote comes first on the page for people.
_WRITTEN = ("intake.enquiry", "intake.addition", "intake.attachment", "intake.contact")
# A column of text that holds JSON of ours.
_JSON = ("as_sent",)
HELD_BACK = "Held back: our virus scanner has not found it clean."


@transaction.atomic
def ask_for_copy(*, address: str, because: str, by: User) -> DataCopy:
    """Ask for the archive of everything under an address; a job makes it.

    Raises ValidationError: code "required" without a reason, "invalid" when it is no address, "nothing" when we hold
    nothing under it.
    """
    if not because.strip():
        raise ValidationError("Say who asked for it and how.", code="required")
    validate_email(address)
    person = identifying.person_of_address(address)
    if not erasing.look(person):
        raise ValidationError("We hold nothing under this address.", code="nothing")
    copy = DataCopy.objects.create(address=address, because=because.strip(), by=by)
    queue.enqueue(queue.Ask("intake.copy_data", copy.pk, key=f"datacopy:{copy.pk}"))
    kind = Activity.Kind.DATA_COPIED
    Activity.objects.bulk_create(
        Activity(lead_id=pk, kind=kind, by=by) for pk in sorted(person.leads)
    )
    return copy


@transaction.atomic
def make_copy(*, copy_id: int) -> None:
    """Put everything into the archive; nothing happens when it is made or its person was erased."""
    copy = DataCopy.objects.select_for_update(of=("self",)).filter(pk=copy_id, made_at=None).first()
    if copy is None:
        return
    now = timezone.now()
    person = identifying.person_of_address(copy.address)
    copy.archive, copy.counts = archive_of(person, copy.address, now)
    copy.sha256 = hashlib.sha256(copy.archive).hexdigest()
    copy.made_at, copy.expires_at = now, now + COPY_LASTS
    copy.save(update_fields=["archive", "counts", "sha256", "made_at", "expires_at"])


@transaction.atomic
def download_copy(*, copy: DataCopy, by: User) -> bytes:
    """The archive, and a note of who took it. Raises ValidationError(code="gone") when it is not made or expired."""
    copy = DataCopy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
    if copy.archive is None or copy.expires_at is None or copy.expires_at <= timezone.now():
        raise ValidationError(
            "It is not made yet, or its time is over. Ask for a new one.", code="gone"
        )
    DataCopyDownload.objects.create(copy=copy, by=by)
    return bytes(copy.archive)


def forget_copies() -> int:
    """Empty the archives whose time is over; return how many."""
    over = DataCopy.objects.filter(archive__isnull=False, expires_at__lte=timezone.now())
    return over.update(archive=None)


# ---- What is in it


class FileName(str):
    """Where a file stands in the archive; the page for people links it."""

    __slots__ = ()
    is_file = True


def archive_of(person: Person, address: str, now: datetime) -> tuple[bytes, dict[str, int]]:
    """The archive and how many rows of each table are in it."""
    person.rows.clear()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        tables = [
            found
            for table in erasure_map.about_clients()
            if (found := _table(table, person, archive))["rows"]
        ]
        said = {"address": address, "made_at": now, "tables": tables}
        archive.writestr(
            "data.json", json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        )
        archive.writestr("index.html", _page(said))
    return buffer.getvalue(), {table["name"]: len(table["rows"]) for table in tables}


def _page(said: dict[str, Any]) -> str:
    """The same for people."""
    found = {table.label: table for table in erasure_map.about_clients()}
    tables = sorted(said["tables"], key=lambda table: table["table"] not in _WRITTEN)
    with translation.override("en"):
        read = [_to_read(found[table["table"]], table) for table in tables]
        return render_to_string("intake/data_copy.html", said | {"tables": read})


def _to_read(found: Table, table: dict[str, Any]) -> dict[str, Any]:
    """In words and without what is empty; in pairs, since to a template a column called “items” would be the items of
    its row.
    """
    rows: list[list[tuple[str, str]]] = [[] for _ in table["rows"]]
    for name in table["rows"][0]:
        values = [row[name] for row in table["rows"]]
        words = copy_words.in_words(found.model._meta.get_field(name), values)
        for row, value, said in zip(rows, values, words, strict=True):
            if said:
                row.append(
                    (copy_words.called(name), value if isinstance(value, FileName) else said)
                )
    left_out = [(copy_words.called(name), reason) for name, reason in table["left_out"].items()]
    return table | {"rows": rows, "left_out": left_out}


def _table(table: Table, person: Person, archive: zipfile.ZipFile) -> dict[str, Any]:
    assert table.of is not None
    columns = [c for c in table.model._meta.concrete_fields if not _why_left_out(table, c.name)]
    found = list(table.of(person).order_by("pk").distinct())
    person.rows[table.label] = [row.pk for row in found]
    rows = []
    for row in found:
        values = {c.name: getattr(row, c.attname) for c in columns}
        rows.append({name: _plain(table, row, name, v, archive) for name, v in values.items()})
    left_out = {c: reason for c in _names(table) if (reason := _why_left_out(table, c))}
    name = str(table.model._meta.verbose_name_plural)
    return {"table": table.label, "name": name, "rows": rows, "left_out": left_out}


def _names(table: Table) -> Iterator[str]:
    return (column.name for column in table.model._meta.concrete_fields)


def _why_left_out(table: Table, name: str) -> str:
    """Why a column is not in the copy; empty when it is."""
    return table.withheld.get(name, STAFF if name in table.staff else "")


def _plain(table: Table, row: Any, name: str, value: Any, archive: zipfile.ZipFile) -> Any:
    """A value as JSON has it; bytes become a file of the archive, and their name stands in their place."""
    if name in _JSON and value:
        value = json.loads(value)
    if not isinstance(value, bytes | memoryview):
        return _without_links(value)
    if isinstance(row, Attachment) and scanning.why_held_back(row):
        return HELD_BACK
    called = _UNSAFE.sub("_", getattr(row, "name", "") or f"document-{row.pk}.pdf")[-80:].lstrip(
        "."
    )
    path = f"files/{table.model._meta.model_name}-{row.pk}-{called}"
    archive.writestr(path, bytes(value))
    return FileName(path)


def _without_links(value: Any) -> Any:
    """A value without private links, also where it holds others."""
    if isinstance(value, dict):
        return {key: _without_links(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_links(part) for part in value]
    return outbox.without_link(value) if isinstance(value, str) else value
