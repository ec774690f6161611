"""Who must not have a lead, whatever they know: conflicts of interest and walls."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.hiding import Hidden, hides_from
from accounts.models import User
from briefs import prepared
from intake.models import Lead

# What advisers read of it in decisions: not why, since that may name a client.
BARRED = "stands behind a wall"


@dataclass(frozen=True)
class Gate:
    """Whether a lead waits for somebody's decision, and who must not have it: by adviser, why in words."""

    is_held: bool
    barred: dict[int, str]


# The array is put together anew: into one that it sees PostgreSQL looks each time, and plans for ten times as long.
# Who stands behind what is not looked for in a house without a wall.
_GATES = prepared.Statement.written("""
    WITH asked AS MATERIALIZED (SELECT unnest(%(leads)s::bigint[]) AS id)
    SELECT w.lead_id, a.id FROM (SELECT WHERE EXISTS (SELECT FROM intake_wall)) any_wall
        CROSS JOIN LATERAL walls_of(ARRAY(SELECT id FROM asked)) w JOIN intake_adviser a ON a.user_id = w.user_id
    UNION ALL SELECT lead_id, 0 FROM intake_hold WHERE lead_id = ANY(ARRAY(SELECT id FROM asked)) AND decision = 'open'
""")


def gates(lead_ids: Collection[int]) -> dict[int, Gate]:
    """What stops each of these leads from going to somebody, in one statement. Routing asks it under their locks."""
    return gates_of(lead_ids, prepared.fetch(*asked_gates(lead_ids)))


def asked_gates(lead_ids: Collection[int]) -> prepared.Asked:
    """What asks for them, for who sends it together with other questions."""
    return _GATES, {"leads": list(lead_ids)}


def gates_of(lead_ids: Collection[int], answer: Iterable[tuple[Any, ...]]) -> dict[int, Gate]:
    """The gates that were answered to `asked_gates`."""
    found: dict[int, set[int]] = {pk: set() for pk in lead_ids}
    for lead_id, adviser_id in answer:
        found[lead_id].add(adviser_id)
    return {
        pk: Gate(0 in both, dict.fromkeys(sorted(both - {0}), BARRED)) for pk, both in found.items()
    }


def barred_because(lead: Lead) -> dict[int, str]:
    """By adviser, in words, why they must not have this lead: those whom a wall keeps out. One statement.

    Nobody gives it to one of these, not even as the last resort.
    """
    return barred_of([lead.pk]).get(lead.pk, {})


def barred_of(lead_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """The same of many leads, in one statement; leads before which no wall stands are left out."""
    found: dict[int, dict[int, str]] = {}
    statement = (
        "SELECT w.lead_id, a.id FROM walls_of(%s) w JOIN intake_adviser a ON a.user_id = w.user_id"
    )
    for lead_id, adviser_id in _rows(statement, lead_ids):
        found.setdefault(lead_id, {})[adviser_id] = BARRED
    return found


def walled_users(lead_ids: Collection[int]) -> dict[int, set[int]]:
    """By lead, the users whom a wall keeps out, in one statement."""
    found: dict[int, set[int]] = {}
    for lead_id, user_id in _rows("SELECT lead_id, user_id FROM walls_of(%s)", lead_ids):
        found.setdefault(lead_id, set()).add(user_id)
    return found


def without_walled(lead_id: int, users: Iterable[User]) -> list[User]:
    """Of these users those who may know of the lead. For mails."""
    walled = walled_users([lead_id]).get(lead_id, set())
    return [user for user in users if user.pk not in walled]


def _rows(statement: str, lead_ids: Collection[int]) -> list[tuple[int, int]]:
    if not lead_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(lead_ids)])
        return list(cursor.fetchall())


# By keys: joined with the function, which might give thousands, every lead would be read.
_HIDDEN = prepared.Statement.written("""
    SELECT lead.reference, lower(enquiry.email), lower(contact.email), enquiry.full_name, contact.full_name,
        enquiry.organisation, organisation.name
    FROM intake_lead lead JOIN intake_enquiry enquiry ON enquiry.id = lead.enquiry_id
    LEFT JOIN intake_contact contact ON contact.id = lead.contact_id
    LEFT JOIN intake_organisation organisation ON organisation.id = lead.organisation_id
    WHERE lead.id = ANY (ARRAY(SELECT walled_leads(%(user)s::bigint)))
""")


@hides_from("SELECT user_id FROM intake_wall")
def hidden_requests(user: User, hidden: Hidden) -> Hidden:
    """References of requests that this user is walled from, the addresses they came from, and their clients' names."""
    rows = prepared.fetch(_HIDDEN, {"user": user.pk})
    addresses = {address for row in rows for address in row[1:3] if address}
    names = {name for row in rows for name in row[3:] if name}
    return Hidden(frozenset(row[0] for row in rows), frozenset(addresses), frozenset(names))
