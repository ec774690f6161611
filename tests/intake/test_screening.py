import importlib

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from briefs import freshness
from intake import arriving, counting, quarantine, render_tokens, screening, spam_rules, submission
from intake.models import Activity, Contact, Enquiry, Lead, Quarantine, RoutingDecision, Screening
from jobs.hints import Breaker
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.quarantined import BOT, arrived, do_jobs, held
from tests.intake.test_spam_rules import LONG
from tests.intake.typed import ADDRESS, ALL, FOUR

FORM_ID = ALL["form_id"]


def items(lead: Lead) -> dict[str, int]:
    return {item["what"]: item["points"] for item in Screening.objects.get(lead=lead).items}


# --- What is noted when a request arrives


@pytest.mark.django_db
def test_the_form_notes_facts_beside_the_enquiry(client):
    token = render_tokens.make(FORM_ID, "a-brief")
    browser = {"HTTP_USER_AGENT": "Example", "REMOTE_ADDR": "192.0.2.7"}

    client.post(ADDRESS, ALL | {"made": token, "q7": "x" * 9}, **browser)
    client.post(
        ADDRESS, ALL | {"made": token, "needs": "More."}, **browser | {"REMOTE_ADDR": "192.0.2.200"}
    )

    first, second = Enquiry.objects.order_by("pk").values_list("arrival", flat=True)
    assert [0 <= facts.pop("seconds") < 10 for facts in (first, second)] == [True, True]
    once = {"network_seen": 1, "browser_seen": 1, "email_seen": 1, "form_seen": 1}
    assert first == {"form": "signed", "trap": 9} | once
    assert second == {"form": "signed", "trap": 0} | dict.fromkeys(once, 2)


@pytest.mark.django_db
def test_the_api_notes_senders_and_has_no_form(client):
    body = FOUR | {"consent": True}

    client.post("/api/v1/enquiries/", body, "application/json")

    assert Enquiry.objects.get().arrival == {"network_seen": 1, "email_seen": 1}


@pytest.mark.django_db
def test_a_site_that_we_know_counts_by_the_address_alone(rf):
    request = rf.post("/", REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Example")

    facts = arriving.by_api(request, email="A@client.example", is_known_site=True)

    assert facts == {"email_seen": 1}
    assert arriving.by_api(request, email="a@client.example")["email_seen"] == 2


@pytest.mark.django_db
def test_what_is_refused_is_not_counted(client):
    client.post(ADDRESS, ALL | {"email": "aicha"})
    client.post(ADDRESS, ALL)

    assert Enquiry.objects.get().arrival["network_seen"] == 1


@pytest.mark.django_db(transaction=True)
def test_noting_costs_no_statement_more(client):
    factories.BriefFactory(slug="a-brief")

    with CaptureQueriesContext(connection) as queries:
        client.post(ADDRESS, ALL | {"made": render_tokens.make(FORM_ID, ""), "q7": "x"})

    assert [query["sql"].split()[0] for query in queries] == ["WITH"]


def test_counters_hold_nobody_and_run_out():
    counting.count({"email": "somebody@client.example", "network": "192.0.2.0/24"})

    store = freshness.store()
    keys = [
        counting._key("email", "somebody@client.example"),
        counting._key("network", "192.0.2.0/24"),
    ]
    assert [store.get(key) for key in keys] == [b"1", b"1"]
    assert [counting.DAY - 5 <= store.ttl(keys[0]) <= counting.DAY, store.ttl(keys[1]) <= 3600] == [
        True,
        True,
    ]
    assert not [key for key in store.keys("*") if b"somebody" in key or b"192.0.2" in key]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"), ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::9", "2001:db8:1:200::/56"), ("", ""), (None, ""), ("x", ""), ("1.2.3", ""),
    ],
)  # fmt: skip
def test_an_address_counts_for_its_network(address, network):
    assert counting.network_of(address) == network


@pytest.mark.django_db
def test_without_valkey_nothing_is_counted_and_nobody_held_back(client, monkeypatch):
    broken = Breaker(pause=60)
    broken._open_until = float("inf")
    monkeypatch.setattr(freshness, "breaker", broken)

    response = client.post(ADDRESS, FOUR)

    assert response.status_code == 303
    assert Enquiry.objects.get().arrival == {"form": "unsigned", "trap": 0}


@pytest.mark.django_db
def test_load_tests_are_not_counted(client, settings):
    settings.THROTTLE = False

    client.post(ADDRESS, FOUR)

    assert Enquiry.objects.get().arrival == {"form": "unsigned", "trap": 0}


# --- The verdict


@pytest.mark.django_db
def test_a_common_request_passes_with_its_score_on_record():
    lead = arrived({"form": "signed", "seconds": 2})

    assert screening.passes(lead_id=lead.pk)

    stored = Screening.objects.get(lead=lead)
    assert (stored.score, stored.line, stored.rules) == (25, 50, spam_rules.VERSION)
    assert stored.items == [
        {"what": "speed", "points": 25, "evidence": "sent 2 s after the page was made"}
    ]
    lead.refresh_from_db()
    assert lead.status == "new"
    assert not Quarantine.objects.exists()


@pytest.mark.django_db
def test_from_the_line_on_it_is_held_back_for_stated_reasons():
    lead = arrived(BOT)

    assert not screening.passes(lead_id=lead.pk)

    lead.refresh_from_db()
    assert lead.status == "quarantined"
    assert Quarantine.objects.get(lead=lead).outcome == "open"
    assert items(lead) == {"token": 15, "trap": 40}
    activity = lead.activities.get()
    assert (activity.kind, activity.by) == ("quarantined", None)
    assert activity.text == (
        "Score 55 of 50: sent without the page's token; the field that people do not see held 12 characters."
    )


@pytest.mark.django_db
def test_the_line_is_a_setting(settings):
    settings.SPAM_LINE = 56

    assert screening.passes(lead_id=arrived(BOT).pk)


@pytest.mark.django_db
def test_what_is_held_back_makes_no_contact_no_work_and_no_mail():
    factories.DeskFactory()
    lead = arrived(BOT)

    assert do_jobs() == ["done"]

    lead.refresh_from_db()
    assert (lead.status, lead.owner, lead.contact) == ("quarantined", None, None)
    assert (Contact.objects.count(), RoutingDecision.objects.count(), Message.objects.count()) == (
        0,
        0,
        0,
    )
    assert lead.needs_read_by > 0


@pytest.mark.django_db
def test_correcting_the_address_of_what_is_held_back_mails_nobody_new(client):
    factories.DeskFactory()
    lead = held()
    token = submission.status_token(lead)

    client.post(f"/request/{token}/contact/", {"full_name": "A", "email": "victim@other.example"})
    do_jobs()

    assert "victim@other.example" not in Message.objects.values_list("to_email", flat=True)


@pytest.mark.django_db
def test_what_passes_goes_on_whichever_job_comes_first():
    factories.DeskFactory()
    lead = arrived({"form": "signed", "seconds": 30})

    assert do_jobs() == ["done"]

    lead.refresh_from_db()
    assert lead.status == "routed"
    assert Screening.objects.filter(lead=lead).count() == 1
    assert Message.objects.filter(to_email=lead.enquiry.email).count() == 1


@pytest.mark.django_db
def test_screened_once_it_stays_so_whatever_the_line_is_later(settings):
    lead = arrived(BOT)
    settings.SPAM_LINE = 90
    screening.screen_lead(lead_id=lead.pk)
    settings.SPAM_LINE = 10

    with CaptureQueriesContext(connection) as queries:
        assert screening.passes(lead_id=lead.pk)

    assert len(queries) == 1
    assert screening.screen_lead(lead_id=lead.pk).status == "new"
    assert Screening.objects.get(lead=lead).line == 90


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_screen_once():
    lead = arrived(BOT)

    results = racing.race(*[lambda: screening.passes(lead_id=lead.pk)] * 2)

    assert results == [False, False]
    assert (Screening.objects.count(), Quarantine.objects.count(), Activity.objects.count()) == (
        1,
        1,
        1,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE intake_screening SET score = 0",
        "DELETE FROM intake_screening",
        "UPDATE intake_quarantine SET held_at = now() - interval '1 year'",
        "DELETE FROM intake_quarantine",
    ],
)
def test_plain_sql_cannot_rewrite_what_was_found(statement):
    held()

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- Words that were seen before


@pytest.mark.django_db
def test_the_same_words_from_others_add_up_and_from_oneself_do_not():
    leads = [arrived(needs=LONG, email=f"{who}@client.example") for who in "aabcd"]

    for lead in leads:
        screening.screen_lead(lead_id=lead.pk)

    assert [items(lead).get("repeated", 0) for lead in leads] == [0, 0, 10, 30, 30]


@pytest.mark.django_db
def test_nearly_the_words_of_what_is_held_back_score_and_of_spam_are_enough():
    first = held(needs=LONG)
    like = arrived(needs=LONG.replace("thirty", "sixty"))
    screening.screen_lead(lead_id=like.pk)
    quarantine.call_spam(lead=first, by=factories.UserFactory(), reason="Advertising.")
    again = arrived(needs=LONG.replace("thirty", "ninety"))
    other = arrived()

    for lead in (again, other):
        screening.screen_lead(lead_id=lead.pk)

    assert (items(like), items(other)) == ({"known_words": 25}, {})
    assert items(again) == {"known_words": 50}
    again.refresh_from_db()
    assert again.status == "quarantined"
    assert Screening.objects.get(lead=again).items[0]["evidence"] == (
        f"much like {first.reference}, which was called spam"
    )


@pytest.mark.django_db
def test_what_was_released_speaks_for_no_spam():
    quarantine.release_lead(lead=held(needs=LONG), by=factories.UserFactory())
    like = arrived(needs=LONG.replace("thirty", "sixty"))

    screening.screen_lead(lead_id=like.pk)

    assert items(like) == {}


@pytest.mark.django_db
def test_what_was_held_back_by_other_numbers_of_words_is_known_again():
    numbering = importlib.import_module("intake.migrations.0019_other_numbers_of_words")
    spam, short = held(needs=LONG), held(needs="Call me.")
    Quarantine.objects.filter(lead=spam).update(text_bands=[1, 2, 3])

    numbering._number_again(apps, None)

    like = arrived(needs=LONG.replace("thirty", "sixty"))
    screening.screen_lead(lead_id=like.pk)
    assert items(like) == {"known_words": 25}
    assert Quarantine.objects.get(lead=short).text_bands == []


# --- Danger

DANGER = "Our driver was kidnapped near Tillabéri this morning. Please call me."


@pytest.mark.django_db
def test_danger_that_is_held_back_is_told_at_once_by_reference_only():
    leads = [factories.UserFactory(roles=["desk lead"]) for _ in range(2)]
    factories.UserFactory(roles=["desk lead"], is_active=False)
    factories.UserFactory(roles=["adviser"])
    lead = arrived(BOT, needs=DANGER, full_name="Aïcha Example")

    do_jobs()
    do_jobs()

    lead.refresh_from_db()
    messages = Message.objects.order_by("to_email")
    assert (lead.status, lead.priority) == ("quarantined", "urgent")
    assert [m.to_email for m in messages] == sorted(user.email for user in leads)
    assert {m.subject for m in messages} == {f"Urgent and held back: {lead.reference}"}
    assert not [
        w for w in ("kidnapped", "Aïcha", "Tillab") if w in messages[0].text + messages[0].html
    ]
    assert f"/staff/intake/lead/{lead.pk}/change/" in messages[0].text


@pytest.mark.django_db
def test_with_nobody_who_decides_the_owner_of_the_desk_is_told():
    desk = factories.DeskFactory()
    arrived(BOT, needs=DANGER)

    do_jobs()

    assert Message.objects.get().to_email == desk.fallback_owner.user.email


@pytest.mark.django_db
def test_with_nobody_at_all_the_job_waits_where_staff_see_it():
    arrived(BOT, needs=DANGER)

    do_jobs()

    job = Job.objects.get(kind="intake.tell_held_back")
    assert (job.state, job.attempts) == ("pending", 1)
    assert "Nobody may decide about the quarantine." in job.last_error


@pytest.mark.django_db
def test_released_before_anybody_was_told_nobody_is():
    factories.UserFactory(roles=["desk lead"])
    lead = held(needs=DANGER)
    quarantine.release_lead(lead=lead, by=factories.UserFactory())

    quarantine.tell_of_urgent(lead_id=lead.pk)

    assert not Message.objects.exists()


@pytest.mark.django_db
def test_the_client_reads_that_this_is_no_emergency_line_all_the_same(client):
    lead = held(needs=DANGER)

    html = client.get(f"/request/{submission.status_token(lead)}/").content.decode()

    assert "This is not an emergency line" in html
