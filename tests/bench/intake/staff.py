"""What the staff screens ask of PostgreSQL at many leads: nothing may read a large table from end to end."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench import inside
from tests.bench.telling import say, tell

# Of one table by one statement: a search that finds many walks until it has a page of them, and counts to a thousand.
MOST_READ = 100_000
LEADS, QUARANTINE, HOLDS = "/staff/intake/lead/", "/staff/intake/quarantine/", "/staff/intake/hold/"
CONTACTS, HOUSES = "/staff/intake/contact/", "/staff/intake/organisation/"
MAILS, JOBS = "/staff/mail/message/", "/staff/jobs/job/"
SEARCHES = {
    "an address": "person12345@",
    "a whole address": "person12345@mailbox.example",
    "a rare name": "penasolnato",
    "a name that many have": "amina",
    "a word of many houses": "mining",
    "the commonest word": "the",
    "an Arabic name": "محمد",
    "one letter": "a",
    "what nobody wrote": "zzzzqq",
}
PAGES = {
    "leads": LEADS,
    "leads, page 200": f"{LEADS}?p=200",
    "leads, by reference": f"{LEADS}?o=1",
    "leads, due first": f"{LEADS}?o=5",
    "leads, in quarantine": f"{LEADS}?status__exact=quarantined",
    "leads, with a proposal": f"{LEADS}?status__exact=proposal",
    "leads, won, page 200": f"{LEADS}?status__exact=won&p=200",
    "leads, urgent": f"{LEADS}?priority__exact=urgent",
    "leads, in Arabic": f"{LEADS}?language__exact=ar",
    "leads, in Arabic, won": f"{LEADS}?language__exact=ar&status__exact=won",
    "leads, of one adviser, won, in Arabic": f"{LEADS}?language__exact=ar&status__exact=won&owner__id__exact=3",
    "leads, overdue": f"{LEADS}?due=late",
    **{f"leads, by {name}": f"{LEADS}?q={typed}" for name, typed in SEARCHES.items()},
    "quarantine": QUARANTINE,
    "quarantine, all, page 200": f"{QUARANTINE}?outcome=all&p=200",
    **{f"quarantine, by {name}": f"{QUARANTINE}?outcome=all&q={typed}" for name, typed in SEARCHES.items()},
    "holds": HOLDS,
    "holds, all, page 100": f"{HOLDS}?decision=all&p=100",
    **{f"holds, by {name}": f"{HOLDS}?decision=all&q={typed}" for name, typed in SEARCHES.items()},
    "contacts": CONTACTS,
    "contacts, page 200": f"{CONTACTS}?p=200",
    **{f"contacts, by {name}": f"{CONTACTS}?q={typed}" for name, typed in SEARCHES.items()},
    "organisations": HOUSES,
    "organisations, page 200": f"{HOUSES}?p=200",
    **{f"organisations, by {name}": f"{HOUSES}?q={typed}" for name, typed in SEARCHES.items()},
    "mails": MAILS,
    "mails, page 200": f"{MAILS}?p=200",
    "mails, in French": f"{MAILS}?language=fr",
    "mails, of one kind": f"{MAILS}?template=intake/mail/acknowledgement",
    "mails, failed": f"{MAILS}?state__exact=failed",
    "mails, by a whole address": f"{MAILS}?q=person12345@mailbox.example",
    "jobs": JOBS,
    "jobs, page 200": f"{JOBS}?p=200",
    "jobs, dead": f"{JOBS}?state__exact=dead",
    "jobs, of one kind": f"{JOBS}?kind=mail.deliver",
    "jobs, by what no job has": f"{JOBS}?q=zzzz",
    "watch": "/staff/intake/alert/",
    "start page": "/staff/",
    "what the rules of retention reach": "/staff/intake/retentionrule/look/",
}  # fmt: skip


def tell_plans(is_whole: bool) -> None:
    """Ask every statement of every page and of whose data there is, in the database of this process; of a whole run
    the plans are kept."""
    say("Plans of the staff screens")
    wrong: dict[str, Any] = {}
    for name, asked in _asked().items():
        text, read = inside.read_by(asked())
        over = {table: rows for table, rows in read.items() if rows > MOST_READ}
        wrong |= {name: over} if over else {}
        if is_whole:
            file = f"staff-{name}.txt".replace(",", "").replace(" ", "-").lower()
            (inside.PLANS / file).write_text(text + "\n")
    tell(f"staff screens that read more than {MOST_READ:,} rows of a table", len(wrong), "screens", None, None,
         f"0 {wrong or ''}".strip(), not wrong)  # fmt: skip


def _asked() -> dict[str, Callable[[], list[str]]]:
    pages = {name: lambda path=path: _of_page(path) for name, path in PAGES.items()}
    return pages | {"whose data": _of_person, "leads to check again": _of_register}


def _of_page(path: str) -> list[str]:
    """The reads of a page that somebody opens who sees everything."""
    from accounts.models import User

    user, _ = User.objects.get_or_create(
        email="everything@derisk.example",
        defaults={"full_name": "Sees Everything", "is_staff": True, "is_superuser": True},
    )
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return _reads(queries)


def _of_person() -> list[str]:
    """What a copy or an erasure of somebody's data begins with."""
    from intake import identifying

    with CaptureQueriesContext(connection) as queries:
        person = identifying.person_of_address("person12345@mailbox.example")
    assert person.addresses
    return _reads(queries)


def _of_register() -> list[str]:
    """What both registers look at again when they change."""
    from intake import few_open
    from intake.sanctions import screening

    with CaptureQueriesContext(connection) as queries:
        list(few_open.after(screening.to_screen_again(), 0)[:100])
    return _reads(queries)


def _reads(queries: CaptureQueriesContext) -> list[str]:
    return [one["sql"] for one in queries.captured_queries if one["sql"].startswith("SELECT")]
