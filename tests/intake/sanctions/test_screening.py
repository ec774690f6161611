import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.supervisor import BASE_DIR
from intake import (
    after_sending,
    alerting,
    erasing,
    holding,
    matching,
    measuring,
    merging,
    quarantine,
    screening,
    watching,
)
from intake.after_sending import ContactDetails
from intake.models import (
    Activity,
    ErasureRequest,
    Hold,
    Lead,
    SanctionsEntry,
    SanctionsList,
    SanctionsScreening,
    Status,
)
from intake.sanctions import finding, gating
from intake.sanctions import screening as sanctions
from jobs.models import Job, beat
from mail.models import Message
from tests import factories
from tests.briefs.subscribed import run_all
from tests.intake.sanctions.loads import days, fresh_un_file, load

Decision = Hold.Decision
NAMES = {
    "1": "Mohamed Hassan El-Amri",
    "2": "Bongani Mkhwebu",
    "3": "Viper",
    "4": "Sahel Horizon Trading Company Limited",
}


@pytest.fixture
def listed(db, tmp_path):
    """The list of the United Nations with some names, of today; loaded again with others."""

    def make(names: dict[str, str] = NAMES, **more: str):
        return load(
            path=fresh_un_file(tmp_path / "un.xml", names, **more),
            now=timezone.now(),
            may_shrink=True,
        )

    return make


@pytest.fixture
def desk(db):
    factories.DeskFactory()
    factories.AdviserFactory()
    return factories.UserFactory(full_name="Rosa Review", roles=["desk lead"])


def screened(**content) -> SanctionsScreening:
    lead = factories.new_lead(**{"organisation": "", "country": ""} | content)
    found = sanctions.screen_lead(lead_id=lead.pk)
    assert found is not None
    return found


def names(found: SanctionsScreening, **only) -> list[str]:
    matches = [m for m in found.matches if all(m[key] == value for key, value in only.items())]
    return [match["listed_name"] for match in matches]


def route(lead: Lead) -> Lead:
    """Do every routing that was asked for."""
    run_all("intake.route_lead")
    lead.refresh_from_db()
    return lead


def decide(hold: Hold, by, decision=Decision.UNFOUNDED) -> Hold:
    return holding.decide(hold=hold, by=by, decision=decision, reason="Another birthday.")


def test_a_listed_name_holds_the_lead_before_anybody_gets_it(desk, listed):
    listed()
    lead = factories.new_lead(full_name="EL AMRI, Muhammad Hassan", organisation="", country="FR")

    route(lead)

    found = lead.sanctions_screenings.get()
    (match,) = found.matches
    assert (found.outcome, lead.status, lead.owner) == ("possible", Status.NEW, None)
    assert (match["asked"], match["listed_name"]) == ("EL AMRI, Muhammad Hassan", NAMES["1"])
    assert (match["holds"], match["alike"] >= 90, match["entry"]["uid"]) == (True, True, "1")
    hold = lead.holds.get()
    assert (hold.kind, hold.reviewer, hold.decision) == ("sanctions", desk, Decision.OPEN)
    assert NAMES["1"] in hold.found
    assert Activity.objects.filter(lead=lead, kind=Activity.Kind.HELD).count() == 1


def test_nobody_found_is_said_with_the_date_of_each_list_and_the_lead_goes_on(desk, listed):
    listed()
    lead = factories.new_lead(
        full_name="Maria Zandile Okafor-Lund", organisation="Nobody Known Ltd"
    )

    route(lead)

    found = lead.sanctions_screenings.get()
    assert (found.outcome, found.matches, lead.status) == ("none_found", [], Status.ROUTED)
    assert [one["name"] for one in found.names] == ["Maria Zandile Okafor-Lund", "Nobody Known Ltd"]
    assert [(one["code"], one["published_on"]) for one in found.lists] == [
        ("un", timezone.now().date().isoformat())
    ]


def test_without_a_list_nobody_is_screened_and_the_lead_goes_on(desk):
    lead = route(factories.new_lead())

    assert lead.sanctions_screenings.get().outcome == "not_screened"
    assert lead.status == Status.ROUTED


def test_an_organisation_is_looked_for_too(listed):
    listed()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_sanctionsentry SET kind = 'entity' WHERE uid = '4'")

    found = screened(organisation="Sahel Horizon Trading SARL")

    (match,) = found.matches
    assert (match["of"], match["holds"], match["agrees"]) == (
        "organisation",
        True,
        ["listed as a body"],
    )


@pytest.mark.parametrize("name", ["Viper", "Mohamed", "V. Viper"])
def test_one_word_never_holds(listed, name):
    listed()

    found = screened(full_name=name)

    assert names(found, holds=True) == []
    assert not Hold.objects.exists()


def test_a_weak_alias_is_shown_and_does_not_hold(db):
    load()
    SanctionsEntry.objects.exclude(uid="9900001").delete()

    found = screened(full_name="Abu Samir Zed")

    assert names(found, holds=True) == []
    assert names(screened(full_name="Mohamed Amri"), holds=True) == ["Mohamed Amri"]


def test_what_agrees_and_differs_is_told_and_decides_nothing(listed):
    listed(NATIONALITY="<VALUE>Libya</VALUE>")

    agrees = screened(full_name=NAMES["1"], country="LY").matches[0]
    differs = screened(full_name=NAMES["1"], country="FR").matches[0]

    assert (agrees["agrees"], agrees["differs"]) == (["listed as a person", "country: Libya"], [])
    assert differs["differs"] == ["country: client in France, entry Libya"]
    assert (agrees["holds"], differs["holds"]) == (True, True)


def test_not_the_same_is_remembered_until_the_entry_or_the_name_changes(desk, listed):
    listed()
    first = route(factories.new_lead(full_name=NAMES["1"], email="amri@client.example"))
    decide(first.holds.get(), desk)
    route(first)

    second = route(factories.new_lead(full_name=NAMES["1"], email="amri@client.example"))
    (match,) = second.sanctions_screenings.get().matches

    assert (first.status, second.status, match["holds"]) == (Status.ROUTED, Status.ROUTED, False)
    assert (match["decided"]["by"], match["decided"]["lead"]) == ("Rosa Review", first.reference)
    assert not second.holds.exists()
    # Another person of that name, another spelling by the same one, and the entry in other words.
    stranger = route(factories.new_lead(full_name=NAMES["1"], email="other@client.example"))
    respelt = route(
        factories.new_lead(full_name="Mohammed Hasan El Amri", email="amri@client.example")
    )
    listed(COMMENTS1="", GENDER="Male", NATIONALITY="<VALUE>Libya</VALUE>")
    run_all("intake.screen_again")
    assert [lead.holds.open().count() for lead in (stranger, respelt, first)] == [1, 1, 1]


def test_whom_the_house_may_work_for_is_asked_again_with_the_next_lead(desk, listed):
    listed()
    first = route(factories.new_lead(full_name=NAMES["1"], email="amri@client.example"))
    decide(first.holds.get(), desk, Decision.PROCEED)

    second = route(factories.new_lead(full_name=NAMES["1"], email="amri@client.example"))

    assert second.holds.open().count() == 1


def test_the_same_names_on_the_same_lists_are_not_looked_for_twice(listed):
    listed()
    first = screened(full_name=NAMES["2"])

    again = sanctions.screen_lead(lead_id=first.lead_id)

    assert again == first
    assert (SanctionsScreening.objects.count(), Hold.objects.count()) == (1, 1)


def test_a_name_that_the_client_corrects_is_looked_for(listed):
    listed()
    lead = screened(full_name="Maria Okafor-Lund").lead
    details = ContactDetails(NAMES["2"], lead.enquiry.email, "")

    after_sending.correct_contact(lead=lead, details=details)
    run_all("intake.screen_sanctions")

    assert names(lead.sanctions_screenings.latest("pk"), holds=True) == [NAMES["2"]]
    assert lead.holds.open().count() == 1


def test_a_name_that_the_client_of_a_merged_request_corrects_holds_what_does_its_work(listed):
    listed()
    source, target = factories.matched_lead(), factories.matched_lead()
    by = factories.UserFactory(roles=["desk lead"])
    merging.merge_records(kind="lead", source_pk=source.pk, target_pk=target.pk, choices={}, by=by)
    details = ContactDetails(NAMES["2"], source.enquiry.email, "")

    after_sending.correct_contact(lead=source, details=details)
    run_all("intake.screen_sanctions")

    assert names(source.sanctions_screenings.latest("pk"), holds=True) == [NAMES["2"]]
    assert list(Hold.objects.values_list("lead", "kind")) == [(target.pk, "sanctions")]


def test_a_new_list_looks_again_at_open_leads_and_at_what_was_won(listed, monkeypatch):
    monkeypatch.setattr(sanctions, "_BATCH", 2)
    listed({"9": "Somebody Quite Else"})
    people = {
        status: factories.lead_of(status=status, full_name=NAMES["2"], organisation="")
        for status in (Status.ROUTED, Status.PROPOSAL, Status.WON, Status.LOST)
    }
    old = factories.lead_of(status=Status.WON, full_name=NAMES["2"], organisation="")
    Lead.objects.filter(pk=old.pk).update(closed_at=timezone.now() - days(400))
    run_all("intake.screen_again")

    listed()
    run_all("intake.screen_again")

    found = {
        s: names(lead.sanctions_screenings.latest("pk"))
        for s, lead in people.items()
        if s != Status.LOST
    }
    assert list(found.values()) == [[NAMES["2"]]] * 3
    assert not people[Status.LOST].sanctions_screenings.exists()
    assert not old.sanctions_screenings.exists()
    assert {s for s, lead in people.items() if lead.holds.open().exists()} == {
        Status.ROUTED, Status.PROPOSAL, Status.WON,
    }  # fmt: skip


def test_what_is_held_back_as_spam_is_looked_at_when_it_is_released(desk, listed, settings):
    listed()
    settings.SPAM_LINE = 0
    lead = factories.new_lead(full_name=NAMES["2"])
    screening.screen_lead(lead_id=lead.pk)
    assert sanctions.screen_lead(lead_id=lead.pk) is None

    quarantine.release_lead(lead=lead, by=desk)
    route(lead)

    assert (lead.status, lead.holds.open().count()) == (Status.NEW, 1)


def test_a_check_that_fails_makes_the_routing_wait_and_loses_nothing(desk, listed, monkeypatch):
    listed()
    lead = factories.new_lead()

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(finding, "find_each", fail)
        route(lead)
    waiting = Job.objects.get(kind="intake.route_lead", subject_id=lead.pk)
    assert (lead.status, waiting.state, waiting.attempts) == (Status.NEW, "pending", 1)

    Job.objects.filter(pk=waiting.pk).update(run_at=timezone.now())
    assert route(lead).status == Status.ROUTED


@pytest.mark.parametrize("number", [1, 300])
def test_as_many_statements_for_many_names_as_for_few(listed, number):
    listed({str(n): f"Person Number{n} Invented{n}" for n in range(number)})
    lead = factories.matched_lead()

    with CaptureQueriesContext(connection) as queries:
        sanctions.screen_lead(lead_id=lead.pk)

    # Savepoint, lead, corrections, lists, last screening, names, the row, release.
    assert len(queries) == 8


def test_names_are_found_by_indexes(listed):
    listed({str(n): f"Person Number{n} Invented{n}" for n in range(500)})
    asked = finding.asked("contact", "Person Number7 Invented7")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE intake_sanctionsname")
        cursor.execute("SET LOCAL enable_seqscan = off")
        finding_sql = "EXPLAIN " + finding._FIND
        cursor.execute(finding_sql, finding.parameters([asked]))
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert {"sanctions_name_latin", "sanctions_name_sound", "sanctions_name_sounds"} == set(
        re.findall(r"sanctions_name_\w+", plan)
    )
    assert "Seq Scan on intake_sanctionsname" not in plan


def test_erasing_a_lead_erases_what_was_looked_for(listed, desk):
    listed()
    found = screened(full_name=NAMES["1"])
    admin = factories.UserFactory(is_superuser=True)

    erasing.erase_lead(lead=found.lead, by=admin, asked_by=desk, because="They asked.", tells=False)

    found.refresh_from_db()
    assert (found.names, found.matches, found.digest) == ([], [], "0" * 64)
    assert SanctionsEntry.objects.count() == 4
    assert sanctions.screen_lead(lead_id=found.lead_id) is None
    assert not ErasureRequest.objects.exists()


def test_a_screening_never_changes(listed):
    listed()
    found = screened()

    with pytest.raises(Exception, match="sanctions_screening_frozen"):
        SanctionsScreening.objects.filter(pk=found.pk).update(outcome="none_found", digest="x")


def refusal(lead: Lead) -> str:
    with pytest.raises(ValidationError) as error:
        gating.refuse_unscreened(lead)
    assert error.value.code == "unscreened"
    return error.value.messages[0]


def test_a_proposal_is_sent_only_to_whom_was_looked_for_on_current_lists(listed):
    lead = factories.new_lead()
    gating.refuse_unscreened(lead)  # no list: nothing to look at
    listed()
    assert "not looked for on the newest" in refusal(lead)

    run_all("intake.screen_again")
    gating.refuse_unscreened(lead)

    listed(NAMES | {"5": "One More"})
    assert "not looked for on the newest" in refusal(lead)
    SanctionsList.objects.filter(code="un").update(published_on=timezone.now() - days(9))
    assert "out of date: United Nations Security Council of" in refusal(lead)
    SanctionsList.objects.update(is_used=False)
    gating.refuse_unscreened(lead)


def test_a_list_out_of_date_is_on_watch_and_told_to_desk_leads_once(desk, listed):
    beat("worker")
    beat("sweep")
    readings = {one.name: one for one in watching.readings(measuring.measure())}
    assert (readings["sanctions_lists"].told, readings["stale_lists"].is_over) == ("0", False)
    listed()
    SanctionsList.objects.filter(code="un").update(published_on=timezone.now() - days(9))

    assert [alerting.watch_house()[0] for _ in range(2)] == [1, 0]

    letter = Message.objects.get(template="intake/mail/alert")
    assert "Sanctions lists out of date: 1 (limit 0)" in letter.subject


def test_nobody_is_ever_called_free_of_sanctions():
    files = [
        *(BASE_DIR / "intake" / "sanctions").glob("*.py"),
        *(BASE_DIR / "intake").glob("**/*sanctions*.py"),
        *(BASE_DIR / "intake").glob("**/*sanctions*.html"),
        *(BASE_DIR / "docs").glob("sanctions.md"),
    ]
    found = {p.name for p in files if re.search(r"\b(?:cleared|clean)\b", p.read_text(), re.I)}

    assert len(files) > 20
    assert found == set()


def test_a_lead_without_people_is_matched_first(listed):
    listed()
    lead = factories.new_lead()
    assert lead.contact is None

    sanctions.screen_lead(lead_id=lead.pk)

    lead.refresh_from_db()
    assert lead.contact is not None
    assert matching.live(lead.contact) == lead.contact
