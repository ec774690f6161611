"""What the staff screens ask of PostgreSQL at many leads: nothing may read a large table from end to end."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench import inside
from tests.bench.telling import say, tell

LEADS = "/staff/intake/lead/"
PAGES = {
    "leads": LEADS,
    "leads, page 200": f"{LEADS}?p=200",
    "leads, due first": f"{LEADS}?o=5",
    "leads, in quarantine": f"{LEADS}?status__exact=quarantined",
    "leads, with a proposal": f"{LEADS}?status__exact=proposal",
    "leads, urgent": f"{LEADS}?priority__exact=urgent",
    "leads, in Arabic": f"{LEADS}?language__exact=ar",
    "leads, overdue": f"{LEADS}?due=late",
    "leads, by an address": f"{LEADS}?q=person12345@",
    "leads, by a rare name": f"{LEADS}?q=penasolnato",
    "leads, by the commonest word": f"{LEADS}?q=the",
    "leads, by what nobody wrote": f"{LEADS}?q=zzzzqq",
}


def tell_plans(is_whole: bool) -> None:
    """Explain every statement of every page, in the database of this process; of a whole run the plans are kept."""
    say("Plans of the staff screens")
    wrong = {}
    for name, path in PAGES.items():
        text, tables = inside.plans_of(_statements(path))
        if tables:
            wrong[name] = tables
        if is_whole:
            file = f"staff-{name}.txt".replace(",", "").replace(" ", "-").lower()
            (inside.PLANS / file).write_text(text + "\n")
    tell("plans of staff screens that read a large table from end to end", len(wrong), "plans", None, None,
         f"0 {wrong or ''}".strip(), not wrong)  # fmt: skip


def _statements(path: str) -> list[str]:
    """The reads of a page that somebody opens who sees every lead."""
    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email="desk@derisk.example"))
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return [one["sql"] for one in queries.captured_queries if one["sql"].startswith("SELECT")]
