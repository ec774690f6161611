"""The copy of a person's data: everything by the map, nothing that is staff's, and noted who took it."""

import io
import json
import re
import zipfile
from collections import Counter
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import erasure_map
from briefs import dates
from intake import exporting, identifying, submission
from intake.models import (
    DataCopy,
    DataCopyDownload,
    Enquiry,
    Hold,
    HoldKind,
    RoutingDecision,
    SanctionsScreening,
)
from intake.provenance import Provenance
from mail.outbox import PRIVATE_LINK
from tests import factories
from tests.briefs.subscribed import run_all
from tests.intake.erasable import EMAIL, NAME, NEEDS
from tests.proposals import making

WHY = "By mail from the same address."
pytestmark = pytest.mark.usefixtures("lead")


def made(lead) -> DataCopy:
    copy = exporting.ask_for_copy(address=EMAIL, because=WHY, by=lead.owner.user)
    assert run_all("intake.copy_data") == 1
    copy.refresh_from_db()
    return copy


def test_the_archive_holds_every_column_of_the_map_that_is_not_withheld(lead):
    making.accept(making.make_sent(lead), full_name=NAME)
    factories.new_lead(email=EMAIL, needs="http://a.example http://b.example http://c.example")
    run_all("intake.route_lead")
    copy = made(lead)

    archive = zipfile.ZipFile(io.BytesIO(copy.archive))
    data = json.loads(archive.read("data.json"))

    person = identifying.person_of_address(EMAIL)
    held = {table["table"]: table for table in data["tables"]}
    for table in erasure_map.about_clients():
        rows = list(table.of(person).distinct()) if not table.is_last else []
        if not rows or table.label.startswith("intake.datacopy"):
            continue
        shown = held[table.label]
        assert len(shown["rows"]) == len(rows), table.label
        wanted = (
            {c.name for c in table.model._meta.concrete_fields} - set(table.withheld) - table.staff
        )
        assert all(set(row) == wanted for row in shown["rows"]), table.label
        assert set(shown["left_out"]) == set(table.withheld) | table.staff, table.label
    assert {"intake.enquiry", "mail.message", "briefs.subscription", "proposals.acceptance"} <= set(
        held
    )
    page = archive.read("index.html").decode()
    shown = Counter(re.findall(r"<dt>([\w ]+)</dt>", page))
    said = Counter(
        name.replace("_", " ").capitalize()
        for table in data["tables"]
        for row in table["rows"]
        for name, value in row.items()
        if value not in (None, "", [], {})
    )
    assert shown == said
    assert "3 links" in page  # of the screening, in a column called "items"
    assert (NAME in page, "Names members of our staff." in page) == (True, True)
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert sorted(name.split("-")[0] for name in files) == ["files/attachment"] * 2 + [
        "files/document"
    ]
    assert archive.read(files[0]) == b"needlework of xylo"


def test_what_staff_wrote_and_other_people_are_not_in_it(lead):
    factories.new_lead(full_name="Other Person", email="other@client.example")
    copy = made(lead)

    text = zipfile.ZipFile(io.BytesIO(copy.archive)).read("data.json").decode()

    assert f"{NAME} called about {NEEDS}." not in text
    assert lead.owner.user.full_name not in text
    assert "other@client.example" not in text


def test_nobody_learns_from_it_that_their_name_was_found_on_a_list_of_sanctions(lead):
    SanctionsScreening.objects.create(
        lead=lead, outcome="possible", names=[NAME], matches=[{"key": "a"}], digest="a" * 64
    )
    Hold.objects.create(lead=lead, kind=HoldKind.SANCTIONS, found="Found.", matches=[])
    copy = made(lead)

    data = json.loads(zipfile.ZipFile(io.BytesIO(copy.archive)).read("data.json"))

    held = {table["table"]: table["rows"] for table in data["tables"]}
    assert {*held["intake.sanctionsscreening"][-1]} == {"id", "lead", "screened_at", "lists"}
    assert {*held["intake.hold"][0]} == {"id", "lead", "opened_at", "decided_at"}


def test_people_open_the_files_from_the_page_and_read_no_link_that_opens_nothing(lead):
    archive = zipfile.ZipFile(io.BytesIO(made(lead).archive))

    page, data = archive.read("index.html").decode(), json.loads(archive.read("data.json"))

    links = {unquote(link) for link in re.findall(r'<a href="([^"]*)">files/', page)}
    assert links == {name for name in archive.namelist() if name.startswith("files/")} != set()
    assert PRIVATE_LINK not in page + str(data)
    assert "[private link]" in page


def test_the_page_says_words_and_the_data_have_the_types_of_json(lead):
    making.accept(making.make_sent(lead), full_name=NAME)
    brief = factories.BriefFactory(title="Fuel is the lever")
    asked = {"countries_of_interest": ("ML", "BF"), "services": ("due-diligence",)}
    submission.receive_enquiry(
        content=factories.ContentFactory.build(email=EMAIL, brief=brief.slug, **asked),
        channel=Enquiry.Channel.FORM,
        provenance=Provenance(as_sent='{"phone": " 1"}'),
    )
    archive = zipfile.ZipFile(io.BytesIO(made(lead).archive))

    page, data = archive.read("index.html").decode(), json.loads(archive.read("data.json"))

    values = [unescape(said) for said in re.findall(r"(?s)<dd[^>]*>(.*?)</dd>", page)]
    assert not [
        said for said in values if re.search(r"\bNone\b|\bTrue\b|\bFalse\b|\['|\{'|^$", said)
    ]
    assert {
        "Mali, Burkina Faso",
        "Due diligence on partners",
        "Fuel is the lever",
        "Yes",
        "No",
    } <= set(values)
    assert f"{dates.long_moment(lead.created_at)}" in values
    rows = {table["table"]: table["rows"] for table in data["tables"]}
    (sent,) = [row for row in rows["intake.enquiry"] if row["brief"]]
    assert (sent["countries_of_interest"], sent["services"]) == (["ML", "BF"], ["due-diligence"])
    assert (sent["as_sent"], sent["brief"], sent["api_key"]) == ({"phone": " 1"}, brief.pk, None)
    assert rows["mail.message"][0]["is_forced"] is False
    assert datetime.fromisoformat(data["made_at"]).tzinfo is not None


def test_no_reason_of_a_routing_names_staff_in_it(lead):
    factories.new_lead(email=EMAIL)
    run_all("intake.route_lead")
    decision = RoutingDecision.objects.exclude(chosen=None).latest("pk")
    name = decision.chosen.user.full_name
    archive = zipfile.ZipFile(io.BytesIO(made(lead).archive))

    assert name in decision.reason
    assert name not in archive.read("data.json").decode() + archive.read("index.html").decode()


def test_names_of_files_cannot_leave_their_folder(lead):
    assert exporting._UNSAFE.sub("_", "../../etc/passwd\\..") == ".._.._etc_passwd_.."
    archive = zipfile.ZipFile(io.BytesIO(made(lead).archive))

    assert all(
        ".." not in name.split("/") and not name.startswith("/") for name in archive.namelist()
    )


def test_downloads_are_noted_until_it_expires(lead):
    copy, by = made(lead), factories.UserFactory()

    assert exporting.download_copy(copy=copy, by=by)[:2] == b"PK"
    DataCopy.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(ValidationError) as refusal:
        exporting.download_copy(copy=copy, by=by)

    assert refusal.value.code == "gone"
    assert [d.by for d in DataCopyDownload.objects.all()] == [by]
    assert (exporting.forget_copies(), exporting.forget_copies()) == (1, 0)
    assert DataCopy.objects.get().archive is None


@pytest.mark.parametrize(
    ("address", "because", "code"),
    [
        (EMAIL, " ", "required"),
        ("nobody@client.example", WHY, "nothing"),
        ("no address", WHY, "invalid"),
    ],
)
def test_a_copy_wants_a_reason_and_somebody(lead, address, because, code):
    with pytest.raises(ValidationError) as refusal:
        exporting.ask_for_copy(address=address, because=because, by=lead.owner.user)

    assert refusal.value.code == code
    assert not DataCopy.objects.exists()
