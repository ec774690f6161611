"""After the faults: what was promised to clients against what stands in the rows and in the mailbox."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from accounts import private_links
from tests.chaos.house import House
from tests.chaos.senders import MAY_PASS, THANKS, Request

OVERDUE_SECONDS = 5  # two sweeps and a bit
HELD = ("quarantined",)  # where a lead may stay without an adviser and an answer, as staff see
LEADS = """
    SELECT enquiry.email, lead.reference, lead.link_digest, lead.status,
        (SELECT count(*) FROM intake_assignment a WHERE a.lead_id = lead.id AND a.ended_at IS NULL),
        (SELECT count(*) FROM intake_routingdecision d WHERE d.lead_id = lead.id),
        (SELECT count(*) FROM mail_message m WHERE m.reference = lead.reference AND m.state = 'sent'
            AND m.template = 'intake/mail/acknowledgement'),
        (SELECT count(*) FROM mail_message m WHERE m.reference = lead.reference AND m.state = 'sent'
            AND m.template = 'intake/mail/notice'),
        extract(epoch FROM lead.created_at)::float,
        (SELECT extract(epoch FROM min(d.decided_at))::float FROM intake_routingdecision d
            WHERE d.lead_id = lead.id),
        EXISTS (SELECT FROM intake_hold h WHERE h.lead_id = lead.id AND h.decision = 'open')
    FROM intake_enquiry enquiry LEFT JOIN intake_lead lead ON lead.enquiry_id = enquiry.id
    WHERE enquiry.email LIKE 'client%%@house%%.example' AND %s
"""
UNSENT = """
    SELECT count(*) FROM mail_message m JOIN intake_lead l ON l.reference = m.reference
    JOIN intake_enquiry e ON e.id = l.enquiry_id
    WHERE e.email LIKE 'client%%@house%%.example' AND m.state IN ('queued', 'sending', 'unsure') AND %s
"""
OVERDUE = """
    SELECT kind || ' ' || key FROM jobs_job WHERE
    state = 'pending' AND run_at < clock_timestamp() - make_interval(secs => %s)
    OR state = 'leased' AND lease_until < clock_timestamp() - make_interval(secs => %s)
"""
DEAD = "SELECT kind || ' ' || key || ' ' || last_error FROM jobs_job WHERE state = 'dead' AND %s"
UNEVEN = """
    SELECT 'decision ' || decision_id FROM intake_creditentry WHERE %s
    GROUP BY decision_id HAVING sum(amount) <> 0
    UNION ALL
    SELECT 'adviser ' || a.id FROM intake_adviser a
    WHERE a.credit <> (SELECT coalesce(sum(amount), 0) FROM intake_creditentry c WHERE c.adviser_id = a.id)
"""


@dataclass(frozen=True)
class StoredLead:
    """One row of an enquiry, with what the house made of it."""

    email: str
    reference: str
    link_digest: str
    status: str
    assignments: int
    decisions: int
    acknowledgements: int
    notices: int
    created_at: float  # seconds since 1970
    decided_at: float | None
    is_held: bool = False

    @property
    def is_settled(self) -> bool:
        """With one adviser for one stated reason, both sides told once; or held where staff see it."""
        if self.status in HELD:
            return not self.assignments
        if self.is_held and self.status == "new":
            return not self.assignments and self.acknowledgements == 1
        counted = (self.assignments, self.decisions, self.acknowledgements, self.notices)
        return counted == (1, 1, 1, 1) and self.status != "new"


def leads(house: House) -> list[StoredLead]:
    """Everything that the senders' requests became."""
    return [StoredLead(*row) for row in house.stack.query(LEADS, True)]  # type: ignore[arg-type]


def left_to_do(house: House) -> int:
    """How much of what the senders' requests asked for is still on its way."""
    waiting = house.stack.query(UNSENT, True)[0][0]
    assert isinstance(waiting, int)
    return sum(not lead.is_settled for lead in leads(house)) + waiting + len(_overdue(house))


def problems(house: House, requests: list[Request]) -> dict[str, list[str]]:
    """Each broken promise with what broke it; empty lists when all is well."""
    stored = leads(house)
    rows = Counter(lead.email for lead in stored)
    return {
        "a request was answered with something that a client cannot mend": list(_odd(requests)),
        "a request was never thanked for, though everything ran again": [
            request.email for request in requests if not request.receipt
        ],
        "thanked for, and not stored": [
            r.email for r in requests if r.receipt and r.email not in rows
        ],
        "stored twice": [email for email, number in rows.items() if number > 1],
        "the receipt leads to another request": list(_misled(requests, stored)),
        "not given to one adviser for one reason, who is told once, or not acknowledged once": [
            str(lead) for lead in stored if not lead.is_settled
        ],
        "a client got two different acknowledgements": list(_told_twice(house)),
        "credit does not add up to zero": _texts(house, UNEVEN, True),
        "overdue jobs": _overdue(house),
        "dead jobs": _texts(house, DEAD, True),
    }


def _odd(requests: list[Request]) -> Iterator[str]:
    for request in requests:
        statuses = {attempt.status for attempt in request.attempts}
        if odd := statuses - THANKS - MAY_PASS:
            yield f"{request.email}: {sorted(odd)}"


def _misled(requests: list[Request], stored: list[StoredLead]) -> Iterator[str]:
    by_email = {lead.email: lead for lead in stored}
    for request in requests:
        lead = by_email.get(request.email)
        if not request.receipt or lead is None:
            continue
        told = private_links.digest(request.receipt) if request.by_form else request.receipt
        if told != (lead.link_digest if request.by_form else lead.reference):
            yield request.email


def _told_twice(house: House) -> Iterator[str]:
    letters = Counter(to for to, _ in set(house.mails()) if to.startswith("client"))
    return (address for address, number in letters.items() if number > 1)


def mails_repeated(house: House) -> int:
    """How many mails came again under the same Message-ID: taken by the server, which died before it said so."""
    mails = house.mails()
    return len(mails) - len(set(mails))


def _overdue(house: House) -> list[str]:
    return _texts(house, OVERDUE, OVERDUE_SECONDS, OVERDUE_SECONDS)


def _texts(house: House, statement: str, *parameters: object) -> list[str]:
    return [str(text) for (text,) in house.stack.query(statement, *parameters)]
