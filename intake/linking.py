"""Storing who is behind leads, in one statement: who is new, the links, the timeline, and what is to follow."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from accounts import many
from accounts.inserting import insert
from briefs import prepared
from intake.models import Activity, Contact, Organisation
from intake.people_book import Match
from jobs import queue
from jobs.models import Job


def store(
    matches: Sequence[Match], texts: Sequence[str], *also: prepared.Asked
) -> list[list[prepared.Row]]:
    """Link each lead as it was matched and note its text on the timeline. The leads are in the order of their numbers.
    The answers to what is `also` asked, after it in the same message.

    Sets on them contact, organisation and `asked_before`, as `for_routing()` would. A look for what is alike follows.
    """
    rows = [_row(match, text) for match, text in zip(matches, texts, strict=True)]
    given = {"rows": many.sent(rows), "request_id": queue.current_request_id()}
    stored, *answers = prepared.store_all((_linked(), given), *also)
    before: set[tuple[str, int]] = set()
    for match, (_, contact, organisation, asked_before, *_) in zip(matches, stored, strict=True):
        theirs = {("contact", contact), ("organisation", organisation)} - {("organisation", None)}
        _note(match, contact, organisation)
        match.lead.asked_before = asked_before or not theirs.isdisjoint(before)
        before |= theirs
    queue.hint_due((kind, job) for *_, kind, job in stored if job)
    return answers


def _row(match: Match, text: str) -> dict[str, Any]:
    """Who is new has no number yet, and is known by key."""
    contact, body = match.contact, match.organisation
    return {
        "lead_id": match.lead.pk,
        "text": text,
        "contact_id": contact.pk,
        "email_key": contact.email_key,
        "contact": _columns(contact, _CONTACT) if match.is_new else None,
        "organisation_id": body.pk if body else None,
        "name_key": body.name_key if body else "",
        "organisation": _columns(body, _ORGANISATION) if match.is_new_organisation else None,
    }


def _columns(record: Any, names: Sequence[str]) -> dict[str, str]:
    return {name: getattr(record, name) for name in names}


def _note(match: Match, contact: int, organisation: int | None) -> None:
    """The numbers of what is stored now."""
    if match.organisation and match.is_new_organisation:
        many.mark_stored(match.organisation, organisation)  # type: ignore[arg-type]
    if match.is_new:
        many.mark_stored(match.contact, contact)
        match.contact.organisation = match.organisation
    match.lead.contact, match.lead.organisation = match.contact, match.organisation


_CONTACT = (
    *("full_name", "email", "phone", "job_title"),
    *("email_key", "mailbox_key", "domain", "latin_key", "sound_key"),
)
_ORGANISATION = ("name", "name_key", "latin_key", "sound_key")
_GIVEN = {
    "lead_id": "bigint",
    "text": "text",
    "contact_id": "bigint",
    "email_key": "text",
    "contact": "jsonb",
    "organisation_id": "bigint",
    "name_key": "text",
    "organisation": "jsonb",
}
# A request's own job of this kind looks for what is alike too, under the lead's lock: one that still waits finds the
# lead linked. Who is linked after it was claimed, such as a request that was held back, needs another.
_LOOKS = "intake.read_needs"
_JOB = {
    "kind": f"'{_LOOKS}'",
    "subject_id": "lead_id",
    "key": "'lead:' || lead_id || ':linked'",
    "request_id": "%(request_id)s",
}


@cache
def _linked() -> prepared.Statement:
    names = _of_json("organisation", _ORGANISATION)
    people = _of_json("contact", _CONTACT) | {"organisation_id": "body"}
    activity = {"lead_id": "lead_id", "kind": f"'{Activity.Kind.MATCHED}'", "text": "text"}
    bodies = insert(Organisation, names, rows=_new("given", "organisation"))
    contacts = insert(Contact, people, rows=_new("placed", "contact"))
    noted = insert(Activity, activity, rows="FROM given ORDER BY lead_id")
    asked = insert(Job, _JOB, rows="FROM late ORDER BY lead_id")
    return many.statement(
        _GIVEN,
        f"made_organisation AS ({bodies} RETURNING id, name_key)",
        _PLACED,
        f"made_contact AS ({contacts} RETURNING id, email_key)",
        _LINKED,
        f"noted AS ({noted})",
        _LATE,
        f"asked AS ({asked} ON CONFLICT DO NOTHING RETURNING kind, id, subject_id)",
        last=_ANSWER,
    )


def _of_json(column: str, names: Sequence[str]) -> dict[str, str]:
    return {name: f"{column}->>'{name}'" for name in names}


def _new(source: str, column: str) -> str:
    return f"FROM {source} WHERE {column} IS NOT NULL ORDER BY lead_id"


_PLACED = """placed AS (
    SELECT given.*, coalesce(given.organisation_id, made.id) AS body
    FROM given LEFT JOIN made_organisation AS made ON made.name_key = given.name_key
)"""
_LINKED = """linked AS (
    UPDATE intake_lead SET contact_id = coalesce(placed.contact_id, made.id), organisation_id = placed.body
    FROM placed LEFT JOIN made_contact AS made ON made.email_key = placed.email_key
    WHERE intake_lead.id = placed.lead_id AND intake_lead.id = ANY(ARRAY(SELECT lead_id FROM given))
    RETURNING intake_lead.id, intake_lead.contact_id, intake_lead.organisation_id
)"""
# Each by the index: as a condition that many share, PostgreSQL would read all that wait.
_LATE = f"""late AS (
    SELECT lead_id FROM given WHERE '{Job.State.PENDING}' IS DISTINCT FROM (
        SELECT state FROM jobs_job WHERE kind = '{_LOOKS}' AND key = 'lead:' || lead_id
    )
)"""  # noqa: S608  # nosec B608  # names of our own
# Of the leads as they were before: those that are linked together are compared by who calls.
_ANSWER = """
    SELECT linked.id, linked.contact_id, linked.organisation_id,
        EXISTS (SELECT FROM intake_lead e WHERE e.contact_id = linked.contact_id AND e.id < linked.id)
        OR EXISTS (SELECT FROM intake_lead e WHERE e.organisation_id = linked.organisation_id AND e.id < linked.id),
        asked.kind, asked.id
    FROM linked LEFT JOIN asked ON asked.subject_id = linked.id ORDER BY linked.id
"""
