"""Sanctions lists, listed names, the lead's box and the decision in the staff screens."""

from datetime import date

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from intake import erasing
from intake.models import Adviser, Hold, Lead, SanctionsEntry, SanctionsFile, SanctionsList, Status
from intake.sanctions import screening as sanctions
from intake.sanctions import uploads
from jobs.models import Job
from tests import factories
from tests.briefs.subscribed import run_all
from tests.intake.admin import screens
from tests.intake.admin.screens import client_of, page, said
from tests.intake.sanctions.files import path_of
from tests.intake.sanctions.loads import days, fresh_un_file, load, un_file

LISTS = "/staff/intake/sanctionslist/"
FILES = "/staff/intake/sanctionsfile/"
ENTRIES = "/staff/intake/sanctionsentry/"
NAMES = {"1": "Mohamed Hassan El-Amri", "2": "Bongani Mkhwebu"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(tmp_path) -> SanctionsList:
    return load(path=fresh_un_file(tmp_path / "un.xml", NAMES), now=timezone.now()).list


@pytest.fixture
def lead_desk():
    return client_of(factories.UserFactory(full_name="Rosa Review", roles=["desk lead"]))


def held(owner: Adviser | None = None, **content) -> Lead:
    """A lead that is with an adviser and held for a possible match."""
    lead = factories.lead_of(owner, full_name="El Amri, Mohamed Hassan", country="FR", **content)
    sanctions.screen_lead(lead_id=lead.pk)
    return lead


def html(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def send(client, one: SanctionsList, name: str = "un.xml", body: bytes | None = None, **data):
    file = SimpleUploadedFile(name, path_of(name).read_bytes() if body is None else body)
    return client.post(f"{LISTS}{one.pk}/verbs/load/", {"file": file, **data})


def test_every_list_is_there_before_any_is_loaded_and_the_page_says_that_nobody_is_screened(
    lead_desk,
):
    text = html(lead_desk, LISTS)

    assert "Not screened: no list is loaded and in use." in text
    assert text.count("not loaded") >= 7
    assert SanctionsList.objects.count() == 7


def test_a_file_is_kept_read_by_a_worker_and_dropped(lead_desk):
    html(lead_desk, LISTS)
    one = SanctionsList.objects.get(code="un")

    response = send(lead_desk, one)
    kept = SanctionsFile.objects.get()
    assert (response.status_code, response["Location"], bytes(kept.body)) == (
        302,
        FILES,
        path_of("un.xml").read_bytes(),
    )
    assert "to be read" in html(lead_desk, FILES)

    run_all("intake.load_sanctions")
    again = send(lead_desk, one)
    run_all("intake.load_sanctions")

    assert again.status_code == 302
    first, second = SanctionsFile.objects.order_by("pk")
    assert [(one.state, bytes(one.body)) for one in (first, second)] == [
        ("loaded", b""),
        ("same", b""),
    ]
    assert SanctionsEntry.objects.count() == 3
    text = html(lead_desk, FILES)
    assert "is loaded: 3 entries with 9 names" in text
    assert "20 November 2026" in html(lead_desk, LISTS)


def test_a_file_that_is_refused_says_why_and_changes_nothing(lead_desk, listed):
    send(lead_desk, listed, "eu.xml")
    run_all("intake.load_sanctions")

    kept = SanctionsFile.objects.get()
    assert (kept.state, bytes(kept.body)) == ("refused", b"")
    assert kept.outcome in html(lead_desk, FILES).replace("&lt;", "<").replace("&gt;", ">")
    assert SanctionsEntry.objects.count() == 2


def test_an_older_file_is_used_instead_of_a_wrong_one_by_whoever_says_why(lead_desk, tmp_path):
    html(lead_desk, LISTS)
    one = SanctionsList.objects.get(code="un")
    wrong = un_file(tmp_path / "wrong.xml", {"1": "Nobody At All"}, date(2026, 11, 21))
    why = "A file of tests was loaded."
    send(lead_desk, one, body=wrong.read_bytes())
    run_all("intake.load_sanctions")

    for because in (" ", why):
        send(lead_desk, one, older_because=because)
        run_all("intake.load_sanctions")

    _, refused, used = SanctionsFile.objects.order_by("pk")
    assert (refused.state, refused.older_because) == ("refused", "")
    assert "say why this one is used, in the staff screens or by --older-because" in refused.outcome
    assert (used.state, used.older_because) == ("loaded", why)
    assert used.sent_by.full_name == "Rosa Review"
    assert "of 20 November 2026 is loaded instead of that of 21 November 2026: 3" in used.outcome
    assert used.outcome.endswith(f"Because: {why}")
    one.refresh_from_db()
    assert (one.published_on, one.entry_count) == (date(2026, 11, 20), 3)


def test_a_file_that_takes_longer_than_a_worker_may_is_refused_after_three_tries(
    lead_desk, listed, monkeypatch
):
    def take_long(kept: SanctionsFile) -> None:
        SanctionsEntry.objects.all().delete()
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(uploads, "_load", take_long)
    send(lead_desk, listed)
    found = []
    for _ in range(3):
        Job.objects.filter(kind="intake.load_sanctions").update(run_at=timezone.now())
        run_all("intake.load_sanctions")
        found.append((Job.objects.get(kind="intake.load_sanctions").state, *_states()))

    assert found == [("pending", "waiting"), ("pending", "waiting"), ("done", "refused")]
    assert "“manage.py load_sanctions”" in html(lead_desk, FILES)
    assert SanctionsEntry.objects.count() == 2


def _states() -> list[str]:
    return list(SanctionsFile.objects.values_list("state", flat=True))


def test_a_form_without_a_file_says_so_beside_the_field(lead_desk, listed):
    response = lead_desk.post(f"{LISTS}{listed.pk}/verbs/load/", {})
    empty = send(lead_desk, listed, body=b"")

    assert response.status_code == empty.status_code == 400
    assert "Choose a file." in response.content.decode()
    assert "The file is empty." in empty.content.decode()
    assert 'enctype="multipart/form-data"' in html(lead_desk, f"{LISTS}{listed.pk}/verbs/load/")
    assert not SanctionsFile.objects.exists()


def test_the_age_limit_is_set_in_the_list(lead_desk, listed):
    address = f"{LISTS}{listed.pk}/change/"

    lead_desk.post(address, {"max_age_days": "0", "is_used": "on"})
    listed.refresh_from_db()
    assert listed.max_age_days == 7
    lead_desk.post(address, {"max_age_days": "14"})

    listed.refresh_from_db()
    assert (listed.max_age_days, listed.is_used) == (14, False)
    assert "not in use" in html(lead_desk, LISTS)


def test_an_entry_is_found_by_name_in_any_script_and_shows_what_the_list_says(lead_desk):
    load()

    text = html(lead_desk, f"{ENTRIES}?q=العامري محمد")

    entry = SanctionsEntry.objects.get(uid="9900001")
    assert f"/{entry.pk}/change/" in text
    assert "BONGANI" not in text
    shown = html(lead_desk, f"{ENTRIES}{entry.pk}/change/")
    for words in (
        "Muhammad Hasan Amiri",
        "also known as (low quality)",
        "Passport: XX000001",
        "TSi.001",
        "Libya",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("who", "lists", "load_form", "entries", "decide"),
    [
        ("anonymous", 302, 302, 302, 302),
        ("analyst", 403, 403, 403, 404),
        ("owner", 200, 403, 200, 403),
        ("other adviser", 200, 403, 200, 404),
        ("approver", 403, 403, 403, 403),
        ("auditor", 200, 403, 200, 403),
        ("desk lead", 200, 200, 200, 200),
        ("superuser", 200, 200, 200, 200),
    ],
)
def test_who_may(listed, who, lists, load_form, entries, decide):
    owner = factories.AdviserFactory(user__roles=["adviser"])
    lead = held(owner)
    client = client_of(screens.person(who, owner))
    if who == "other adviser":
        client = client_of(factories.AdviserFactory(user__roles=["adviser"]).user)

    addresses = (
        LISTS,
        f"{LISTS}{listed.pk}/verbs/load/",
        ENTRIES,
        screens.verb(lead, "decide-sanctions"),
    )
    found = [client.get(address).status_code for address in addresses]

    assert found == [lists, load_form, entries, decide]
    assert client.post(screens.verb(lead, "decide-sanctions"), {}).status_code == (
        400 if decide == 200 else decide
    )


def test_the_lead_says_not_screened_without_a_list(lead_desk):
    lead = factories.lead_of()
    sanctions.screen_lead(lead_id=lead.pk)

    assert "Not screened: no list loaded. Nobody was looked for." in html(lead_desk, page(lead))


def test_the_lead_says_none_found_with_the_date_of_the_list(lead_desk, listed):
    lead = factories.lead_of(full_name="Maria Okafor-Lund", organisation="")
    assert "Not screened yet: a worker looks." in html(lead_desk, page(lead))
    closed = factories.lead_of(status="disqualified")
    assert "Not screened: it was closed before." in html(lead_desk, page(closed))

    sanctions.screen_lead(lead_id=lead.pk)

    text = html(lead_desk, page(lead))
    today = f"{timezone.now():%-d %B %Y}"
    assert "None found of <bdi>Maria Okafor-Lund</bdi> on" in text
    assert f"United Nations Security Council, of {today} (loaded {today})" in text


def test_an_erased_lead_says_when_it_was_looked_at_and_offers_no_merge(lead_desk, listed):
    lead = factories.lead_of(full_name="Maria Okafor-Lund", organisation="")
    sanctions.screen_lead(lead_id=lead.pk)
    assert "Merge this request with another…" in html(lead_desk, page(lead))

    erasing.erase_lead(
        lead=lead,
        by=factories.UserFactory(),
        asked_by=factories.UserFactory(),
        because="Asked for by letter 12.",
    )

    text = html(lead_desk, page(lead))
    assert "UTC; the names are erased. The lists were:" in text
    assert "None found of" not in text
    assert "Merge this request with another…" not in text


def test_the_lead_warns_of_a_list_that_is_out_of_date(lead_desk, listed):
    lead = factories.lead_of(full_name="Maria Okafor-Lund", organisation="")
    sanctions.screen_lead(lead_id=lead.pk)
    SanctionsList.objects.filter(pk=listed.pk).update(published_on=timezone.now() - days(9))

    assert "Out of date: United Nations Security Council of" in html(lead_desk, page(lead))


def test_a_possible_match_is_compared_side_by_side_and_decided(lead_desk, listed):
    lead = held(organisation="")
    box = html(lead_desk, page(lead))
    assert "Possible match:" in box
    assert "<bdi>Mohamed Hassan El-Amri</bdi></a>, 100%" in box
    address = screens.verb(lead, "decide-sanctions")
    assert address in box
    hold_page = f"/staff/intake/hold/{Hold.objects.get().pk}/change/"
    assert f'<a class="staff-button main" href="{address}">' in html(lead_desk, hold_page)
    auditor = client_of(factories.UserFactory(roles=["auditor"]))
    assert address not in html(auditor, hold_page)
    form = html(lead_desk, address)
    for words in ("The client", "The list", "El Amri, Mohamed Hassan", "France", "none named"):
        assert words in form

    missing = lead_desk.post(address, {"decision": "unfounded", "reason": " "})
    done = lead_desk.post(address, {"decision": "unfounded", "reason": "Born in another year."})
    second = lead_desk.post(address, {"decision": "refuse", "reason": "Late."})

    assert missing.status_code == 400
    assert "Say why, for whoever reads this later." in missing.content.decode()
    assert (done.status_code, said(done)) == (302, ["Decided."])
    assert second.status_code == 400
    hold = Hold.objects.get()
    assert (hold.decision, hold.reason, str(hold.decided_by)) == (
        "unfounded",
        "Born in another year.",
        "Rosa Review",
    )
    assert "Somebody else: goes on, decided" in html(lead_desk, page(lead))
    assert address not in html(lead_desk, hold_page)


def test_a_refusal_closes_the_lead(lead_desk, listed):
    lead = held(organisation="")

    lead_desk.post(
        screens.verb(lead, "decide-sanctions"),
        {"decision": "refuse", "reason": "The same passport."},
    )

    lead.refresh_from_db()
    assert lead.status == Status.DISQUALIFIED
