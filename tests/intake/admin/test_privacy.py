"""Privacy in the staff screens: who may see, erase, copy and set periods, and what they see before they do."""

import io
import zipfile
from datetime import timedelta
from io import StringIO
from itertools import product

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Erasure
from intake import after_sending, erasing, erasure_orders, exporting, retaining
from intake.models import (
    DataCopy,
    DataCopyDownload,
    ErasureOrder,
    ErasureRequest,
    Lead,
    RetentionRule,
    RetentionRun,
)
from tests import factories
from tests.briefs.subscribed import run_all
from tests.intake.admin.screens import buttons, client_of, page, person, said, verb
from tests.intake.erasable import EMAIL, NAME
from tests.proposals import making

pytestmark = pytest.mark.usefixtures("lead")
ORDERS = "/staff/intake/erasureorder/"
REQUESTS, ERASURES = "/staff/intake/erasurerequest/", "/staff/accounts/erasure/"
COPIES, RULES = "/staff/intake/datacopy/", "/staff/intake/retentionrule/"
RUNS = "/staff/intake/retentionrun/"
WHY = "Asked for by letter 12."
OTHERS = ("anonymous", "owner", "other adviser", "auditor", "approver")


def head() -> object:
    return client_of(factories.UserFactory(roles=["desk lead"]))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("anonymous", 302),
        ("analyst", 403),
        ("owner", 403),
        ("auditor", 200),
        ("desk lead", 200),
        ("superuser", 200),
    ],
)
def test_who_opens_which_list(kind, status):
    client = client_of(person(kind, factories.AdviserFactory()))

    for address in (REQUESTS, ORDERS, ERASURES, COPIES, RULES, f"{RULES}look/", RUNS):
        assert client.get(address).status_code == status, address


@pytest.mark.parametrize("kind", OTHERS)
def test_only_those_who_may_erase_or_copy(lead, kind):
    client = client_of(person(kind, lead.owner))

    for name in ("erase", "erase-person", "copy"):
        answer = client.post(verb(lead, name), {"because": WHY})

        assert answer.status_code in ((302,) if kind == "anonymous" else (403, 404, 302)), name
        assert not ErasureOrder.objects.exists()
        assert not DataCopy.objects.exists()


def test_two_pages_show_what_will_happen_and_the_second_wants_the_address_again(lead):
    making.accept(making.make_sent(lead))
    client = head()

    shown = client.get(verb(lead, "erase-person")).content.decode()
    named = client.post(verb(lead, "erase-person"), {"because": f"{NAME} asked"})
    asked = client.post(verb(lead, "erase-person"), {"because": WHY, "tells": "on"})
    order = f"{ORDERS}{ErasureOrder.objects.get().pk}/verbs/carry-out/"
    own = client.get(order)
    alone = client.post(order, {"again": EMAIL})

    assert "An accepted proposal is a contract" in shown
    assert named.status_code == 400
    assert f"{NAME} asked" in named.content.decode()  # what was typed stays
    assert said(asked) == [
        "Noted. Somebody else has to carry it out: it stands under Privacy, Erasures to do."
    ]
    assert "Two people are needed" in own.content.decode()
    assert "alone_because" not in own.context["form"].fields
    assert alone.status_code == 400
    assert "somebody else has to carry it out" in alone.content.decode()
    other = head()
    again = other.get(order).content.decode()
    wrong = other.post(order, {"again": "x"})

    assert f"Type {EMAIL} to go on" in again
    assert "An accepted proposal is a contract" in again
    assert wrong.status_code == 400
    assert not Erasure.objects.exists()

    done = other.post(order, {"again": EMAIL.upper()})

    assert said(done) == ["Erased. The record is under Privacy, Erasures."]
    assert Erasure.objects.get().kept_until
    after = client.get(page(lead))
    assert [label for label, _ in after.context["privacy_links"]] == ["What they agreed to"]
    assert "Add a note" not in buttons(after)
    assert NAME not in after.content.decode()


def test_a_request_is_answered_from_its_page_and_no_more_offered(lead):
    request = after_sending.ask_for_erasure(lead=lead)
    client = head()
    own = f"{REQUESTS}{request.pk}/"

    opened = client.get(f"{own}change/")
    assert buttons(opened) == ["Erase the person…", "Refuse"]
    assert (
        f'href="/staff/intake/lead/{lead.pk}/change/">{lead.reference}</a>'
        in opened.content.decode()
    )
    assert client.post(f"{own}verbs/refuse/", {"answer": ""}).status_code == 400
    client.post(f"{own}verbs/erase/", {"because": WHY, "tells": "on"})
    order = ErasureOrder.objects.get()
    assert buttons(head().get(f"{ORDERS}{order.pk}/change/")) == ["Carry out", "Drop it"]
    head().post(f"{ORDERS}{order.pk}/verbs/carry-out/", {"again": EMAIL})

    request.refresh_from_db()
    assert request.state == "done"
    assert buttons(client.get(f"{own}change/")) == []


def test_only_those_who_may_erase_carry_out(lead):
    order = erasure_orders.ask_to_erase(
        lead=lead, scope=ErasureOrder.Scope.LEAD, because=WHY, by=factories.UserFactory()
    )

    for kind, name in product(OTHERS, ("carry-out", "drop")):
        answer = client_of(person(kind, lead.owner)).post(
            f"{ORDERS}{order.pk}/verbs/{name}/", {"again": lead.reference}
        )

        assert answer.status_code in ((302,) if kind == "anonymous" else (403, 404)), (kind, name)
        order.refresh_from_db()
        assert order.state == "open"


def test_the_list_says_by_when_and_what_is_overdue(lead):
    after_sending.ask_for_erasure(lead=lead)

    request = ErasureRequest.objects.get()
    request.asked_at = timezone.now() - timedelta(days=40)
    assert "(overdue)" not in head().get(REQUESTS).content.decode()
    assert request.due_on < timezone.localdate()


def test_one_query_count_for_one_request_and_three():
    counts = []
    for _ in range(2):
        for _ in range(1 if not counts else 2):
            after_sending.ask_for_erasure(lead=factories.lead_of())
        client = head()
        client.get(REQUESTS)
        with CaptureQueriesContext(connection) as seen:
            client.get(REQUESTS)
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_was_this_person_erased(lead):
    erasing.erase_person(
        contact=lead.contact, asked_by=factories.UserFactory(), by=lead.owner.user, because=WHY
    )
    client = client_of(factories.UserFactory(roles=["auditor"]))

    def found(term: str) -> int:
        return len(client.get(ERASURES, {"q": term}).context["cl"].result_list)

    assert [
        found(EMAIL.upper()),
        found("else@client.example"),
        found(lead.reference),
        found(""),
    ] == [1, 0, 1, 1]
    shown = client.get(f"{ERASURES}{Erasure.objects.get().pk}/change/").content.decode()
    assert "intake_enquiry: 2" in shown
    assert EMAIL not in shown


def test_a_copy_is_asked_for_made_and_taken_with_a_note(lead):
    client = head()

    asked = client.post(verb(lead, "copy"), {"because": WHY})
    run_all("intake.copy_data")
    copy = DataCopy.objects.get()
    auditor = client_of(factories.UserFactory(roles=["auditor"]))
    file = client.get(f"{COPIES}{copy.pk}/file/")

    assert asked["Location"] == f"{COPIES}{copy.pk}/change/"
    assert auditor.get(f"{COPIES}{copy.pk}/file/").status_code == 403
    assert file["Content-Disposition"] == f'attachment; filename="derisk-copy-{copy.pk}.zip"'
    assert "no-store" in file["Cache-Control"]
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "data.json" in zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    assert DataCopyDownload.objects.count() == 1
    DataCopy.objects.update(expires_at=timezone.now())
    exporting.forget_copies()
    assert client.get(f"{COPIES}{copy.pk}/file/").status_code == 302


def test_what_somebody_agreed_to_by_purpose_and_only_what_one_may_see(lead):
    making.accept(making.make_sent(lead))
    contact = Lead.objects.get(pk=lead.pk).contact
    address = f"/staff/intake/contact/{contact.pk}/consents/"

    whole = head().get(address).content.decode()
    own = client_of(lead.owner.user).get(address).content.decode()
    stranger = client_of(person("other adviser", lead.owner)).get(address)

    for purpose in (
        "Keeping their details to answer a request",
        "Briefs by e-mail",
        "Accepting a proposal",
    ):
        assert purpose in whole
    assert "Briefs by e-mail" not in own
    assert stranger.status_code == 404


def test_periods_are_looked_at_changed_and_recorded():
    client = head()
    old = factories.lead_of(status="lost")
    Lead.objects.filter(pk=old.pk).update(closed_at=timezone.now() - timedelta(days=800))
    assert len(client.get(RULES).context["cl"].result_list) == 10

    rule = RetentionRule.objects.get(keeps="lost")
    seen = client.get(f"{RULES}look/").content.decode()
    client.post(f"{RULES}look/")
    refused = client.post(f"{RULES}{rule.pk}/change/", {"days": "0", "is_on": "on"})
    on = client.post(f"{RULES}{rule.pk}/change/", {"days": "700", "is_on": "on"})

    assert old.reference in seen
    assert said(on)[0] == (
        "“Lost leads, since they were closed” is on. Due now: 1; the next run, within six hours, begins with them."
    )
    assert RetentionRun.objects.filter(is_simulated=True).count() == 10
    assert refused.status_code == 200
    rule.refresh_from_db()
    assert (rule.days, rule.is_on, rule.changed_by.groups.get().name) == (700, True, "desk lead")
    empty = client.post(f"{RULES}{rule.pk}/change/", {"days": "900", "is_on": "on"})
    assert said(empty)[-2] == "“Lost leads, since they were closed” is on. Nothing is due now."
    client.post(f"{RULES}{rule.pk}/change/", {"days": "700", "is_on": "on"})
    out = StringIO()
    call_command("apply_retention", "--simulate", stdout=out)
    assert "Lost leads, since they were closed (700 days): 1 due; the oldest of" in out.getvalue()
    call_command("apply_retention", stdout=out)
    assert "1 due, 1 done" in out.getvalue()
    assert retaining.look(rule).count == 0
