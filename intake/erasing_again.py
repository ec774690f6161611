"""After a restore from a backup: erased people are there again, and are erased again from the list of erasures."""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from accounts import erasing
from accounts.erasure_map import Person
from accounts.models import Erasure
from briefs.models import Subscriber
from intake import erasing as erasing_people
from intake import identifying
from intake.models import Contact, Enquiry, Lead


def line_of(erasure: Erasure) -> str:
    """An erasure as a line of the list: JSON, no personal data."""
    return json.dumps(
        {
            "uuid": str(erasure.uuid),
            "made_at": erasure.made_at.isoformat(),
            "scope": erasure.scope,
            "references": erasure.references,
            "address_digests": erasure.address_digests,
        }
    )


def note_erasure(*, erasure_id: int) -> None:
    """Append an erasure to the list beside the database, for the day when an older database is restored.

    Twice makes two lines, which do no harm.
    """
    erasure = Erasure.objects.get(pk=erasure_id)
    settings.ERASURE_LIST.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(settings.ERASURE_LIST, flags, 0o600), "wb") as file:
        file.write((_end_of_torn_line(file.fileno()) + line_of(erasure) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def _end_of_torn_line(number: int) -> str:
    """What ends a line that a full disk or a kill has cut off, so that the next one stands for itself."""
    size = os.fstat(number).st_size
    return "\n" if size and os.pread(number, 1, size - 1) != b"\n" else ""


def lines_in(path: Path) -> Iterator[dict[str, Any]]:
    """The erasures of a list; raises ValueError with the number of a line that is none."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            line["made_at"] = datetime.fromisoformat(line["made_at"])
            yield {
                name: line[name] for name in ("uuid", "made_at", "references", "address_digests")
            }
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"Line {number} of {path} is no erasure. If it is cut off, it follows whole: delete it."
            ) from error


def kept_here() -> Iterator[dict[str, Any]]:
    """The erasures that this database knows itself."""
    for erasure in Erasure.objects.order_by("pk").iterator():
        line = json.loads(line_of(erasure))
        yield line | {"made_at": parse_datetime(line["made_at"])}


def replay(lines: Iterable[dict[str, Any]]) -> list[Erasure]:
    """Erase again what of these erasures is in the database and older than they are; nobody is written to.

    A person who came back after an erasure keeps what is newer.
    """
    known = _addresses()
    people = ((line, _person_of(line, known)) for line in lines)
    return [_erase(line, person) for line, person in people if erasing.look(person)]


def _addresses() -> dict[str, set[str]]:
    """Every address that stands for a client, by its digests under the present and the earlier keys."""
    found: dict[str, set[str]] = defaultdict(set)
    columns = (
        Enquiry.objects.filter(lead__erased_at=None).values_list("email", flat=True),
        Contact.objects.values_list("email_key", flat=True),
        Subscriber.objects.filter(email__isnull=False).values_list("email", flat=True),
    )
    for address in (str(a).lower() for column in columns for a in column.iterator()):
        for digest in erasing.address_digests(address):
            found[digest].add(address)
    return found


def _person_of(line: dict[str, Any], known: dict[str, set[str]]) -> Person:
    """What was there before the erasure: by the references, and by the digests of addresses."""
    before, after = {"created_at__lte": line["made_at"]}, {"created_at__gt": line["made_at"]}
    addresses = {a for digest in line["address_digests"] for a in known.get(digest, ())}
    people = [identifying.person_of_address(address) for address in sorted(addresses)]
    ids = {pk for person in people for pk in person.leads}
    meant = Q(reference__in=line["references"]) | Q(pk__in=ids)
    leads = list(Lead.objects.filter(meant, erased_at=None, **before))
    came_back = (
        Lead.objects.filter(pk__in=ids, **after).exists()
        or Subscriber.objects.filter(email__in=addresses, **after).exists()
    )
    if came_back or not people:
        people = [identifying.person_of_lead(lead) for lead in leads]
    return Person(
        leads=frozenset(lead.pk for lead in leads),
        references=frozenset(lead.reference for lead in leads),
        contacts=frozenset(pk for person in people for pk in person.contacts),
        organisations=frozenset(pk for person in people for pk in person.organisations),
        addresses=frozenset(address for person in people for address in person.addresses),
    )


def _erase(line: dict[str, Any], person: Person) -> Erasure:
    return erasing_people.erase(
        lambda: person,
        known=lambda: Erasure.objects.filter(uuid=line["uuid"]),
        scope=Erasure.Scope.REPLAY,
        because=f"Replay of {line['uuid']}",
        by=None,
        tells=False,
    )
