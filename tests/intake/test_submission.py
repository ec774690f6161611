from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import private_links
from intake import consent, storing, submission
from intake.attachments import Upload
from intake.models import Attachment, Enquiry, Lead
from jobs import kinds
from jobs.models import Job
from tests import factories, racing
from tests.intake import breaking

KINDS = [
    "intake.acknowledge",
    "intake.read_needs",
    "intake.route_lead",
]


def counts() -> dict[str, int]:
    """How many rows there are of what a request makes."""
    return {model.__name__: model.objects.count() for model in (Enquiry, Attachment, Lead, Job)}


NOTHING = {"Enquiry": 0, "Attachment": 0, "Lead": 0, "Job": 0}
ONE = {"Enquiry": 1, "Attachment": 0, "Lead": 1, "Job": 3}


@contextmanager
def held_open(key: str) -> Iterator[None]:
    """Another connection has stored an enquiry with this key and does not commit it; it rolls back at the end."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(
            """INSERT INTO intake_enquiry (full_name, email, organisation, job_title, phone, country,
                timeframe, budget, countries_of_interest, services, language, needs, consent_text,
                channel, content_digest, idempotency_key)
            VALUES ('A', 'a@client.example', '', '', '', '', '', '', '{}', '{}', 'en', 'B', 'C', 'api', 'D', %s)""",
            [key],
        )
    try:
        yield
    finally:
        other.close()


# --- What is stored


@pytest.mark.django_db
def test_a_request_is_stored_as_sent_with_its_lead_and_jobs():
    brief = factories.BriefFactory(countries=["NE", "ML"])
    content = factories.ContentFactory.build(
        full_name="Aïcha Example",
        email="Aicha@Client.example",
        needs="Line one\n\tLine two  ",
        organisation="Example & Sons",
        job_title="Head of transport",
        phone="+223 20 22 20 22",
        country="FR",
        countries_of_interest=("SN", "ML"),
        services=("daily-monitoring",),
        actors=("jnim",),
        timeframe="weeks",
        budget="5k-20k",
        language="fr",
        brief=brief.slug,
    )

    receipt = submission.receive_enquiry(
        content=content, channel=Enquiry.Channel.FORM, idempotency_key="form:1"
    )

    lead = Lead.objects.select_related("enquiry").get()
    enquiry = lead.enquiry
    stored = {name: getattr(enquiry, name) for name in content.texts() if name != "brief"}
    sent = content.texts() | {
        "countries_of_interest": ["SN", "ML"],
        "services": ["daily-monitoring"],
        "actors": ["jnim"],
    }
    assert stored == {name: value for name, value in sent.items() if name != "brief"}
    assert enquiry.brief == brief
    assert (enquiry.channel, enquiry.idempotency_key) == ("form", "form:1")
    assert enquiry.consent_text == consent.text_in("en")
    assert (enquiry.consent_version, enquiry.consent_language) == (consent.VERSION, "en")
    assert (lead.status, lead.owner, lead.contact, lead.closed_at) == ("new", None, None, None)
    assert (lead.language, lead.countries, lead.services) == ("fr", ["SN", "ML"], sent["services"])
    assert receipt == submission.Receipt(lead.reference, submission.status_token(lead))
    jobs = Job.objects.filter(kind__startswith="intake.").order_by("kind")
    assert list(jobs.values_list("kind", "key", "subject_id", "state")) == [
        (kind, f"lead:{lead.pk}", lead.pk, "pending") for kind in KINDS
    ]


@pytest.mark.django_db
def test_countries_come_from_the_brief_when_the_client_names_none():
    brief = factories.BriefFactory(countries=["NE", "ML"])

    lead = factories.new_lead(brief=brief.slug, countries_of_interest=())

    assert lead.countries == ["NE", "ML"]
    assert lead.enquiry.countries_of_interest == []


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["no-such-brief", "a-draft"])
def test_a_brief_that_readers_cannot_see_is_left_out(slug):
    factories.BriefFactory(slug="a-draft", is_published=False)

    lead = factories.new_lead(brief=slug, countries_of_interest=())

    assert lead.enquiry.brief is None
    assert lead.countries == []


@pytest.mark.django_db
def test_files_are_stored_with_the_enquiry():
    upload = Upload("route.txt", "text/plain", "0" * 64, b"Gao")

    lead = factories.new_lead(attachments=(upload,))

    attachment = Attachment.objects.get()
    stored = (attachment.name, attachment.content_type, attachment.sha256, bytes(attachment.body))
    assert stored == ("route.txt", "text/plain", "0" * 64, b"Gao")
    assert attachment.enquiry == lead.enquiry


@pytest.mark.django_db
def test_the_token_is_not_in_the_database():
    receipt = factories.receive()

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(l)::text FROM intake_lead l")
        (row,) = cursor.fetchone()
    assert len(receipt.token) == 43
    assert receipt.token not in row
    assert receipt.reference in row


# --- All or nothing


@pytest.mark.django_db(transaction=True)
def test_one_statement_is_the_whole_transaction():
    brief = factories.BriefFactory()

    with CaptureQueriesContext(connection) as queries:
        factories.receive(key="api:one", brief=brief.slug)

    assert [query["sql"].split()[0] for query in queries] == ["WITH"]


@pytest.mark.django_db(transaction=True)
def test_when_the_jobs_cannot_be_stored_nothing_is(monkeypatch):
    monkeypatch.delitem(kinds._KINDS, "intake.acknowledge")
    storing._statement.cache_clear()

    with pytest.raises(kinds.UnknownKind):
        factories.receive(attachments=(Upload("a.txt", "text/plain", "0" * 64, b"a"),))

    assert counts() == NOTHING


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", ["WITH", 'INSERT INTO "intake_attachment"'])
def test_a_connection_that_breaks_on_the_way_leaves_nothing(before):
    broken = breaking.end_connection_before(before)

    with broken, pytest.raises(OperationalError):
        factories.receive(
            key="api:broken", attachments=(Upload("a.txt", "text/plain", "0" * 64, b"a"),)
        )

    assert counts() == NOTHING


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_run_inside_another_transaction():
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        factories.receive()

    assert counts() == NOTHING


# --- The same request twice


@pytest.mark.django_db
def test_the_same_key_and_content_get_the_first_answer():
    content = {"email": "one@client.example", "full_name": "One"}
    first = factories.receive(key="api:k", **content)

    second = factories.receive(key="api:k", **content)

    assert second == first
    assert counts() == ONE


@pytest.mark.django_db
def test_the_first_answer_is_the_same_also_when_our_key_was_changed_since(settings):
    content = {"email": "one@client.example", "full_name": "One"}
    first = factories.receive(key="api:k", **content)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" * 6, [settings.SECRET_KEY]

    assert factories.receive(key="api:k", **content) == first
    assert Lead.objects.get().link_digest == private_links.digest(first.token)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"needs": "Something else."},
        {"services": ()},
        {"brief": "another"},
        {"attachments": (Upload("a.txt", "text/plain", "0" * 64, b"a"),)},
    ],
    ids=["text", "list", "brief", "file"],
)
def test_the_same_key_with_other_content_is_refused_and_changes_nothing(change):
    content = {"email": "one@client.example", "full_name": "One"}
    factories.receive(key="api:k", **content)

    with pytest.raises(ValidationError) as refusal:
        factories.receive(key="api:k", **content | change)

    assert refusal.value.code == "key_reused"
    assert counts() == ONE


@pytest.mark.django_db
def test_without_a_key_the_same_content_is_another_request():
    content = {"email": "one@client.example", "full_name": "One"}
    first, second = factories.receive(**content), factories.receive(**content)

    assert first.reference != second.reference
    assert counts() == {"Enquiry": 2, "Attachment": 0, "Lead": 2, "Job": 6}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_make_one():
    content = {"email": "one@client.example", "full_name": "One"}

    first, second = racing.race(*[lambda: factories.receive(key="api:k", **content)] * 2)

    assert first == second
    assert counts() == ONE


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_and_other_content_store_one_and_refuse_one():
    def receive(needs: str) -> str:
        try:
            return factories.receive(key="api:k", needs=needs).reference
        except ValidationError as error:
            return str(error.code)

    answers = racing.race(lambda: receive("This"), lambda: receive("That"))

    assert sorted(answers) == sorted([Lead.objects.get().reference, "key_reused"])
    assert counts() == ONE


@pytest.mark.django_db(transaction=True)
def test_a_twin_that_takes_too_long_is_in_flight_and_the_key_stays_free():
    with held_open("api:k"):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(ValidationError) as refusal:
            factories.receive(key="api:k", needs="This")
        assert refusal.value.code == "in_flight"
        assert counts() == NOTHING

    factories.receive(key="api:k", needs="This")
    assert counts() == ONE


# --- Frozen


@contextmanager
def refused_by_trigger() -> Iterator[None]:
    """The statement inside must be refused, and leaves the test's transaction usable."""
    refusal = pytest.raises(ProgrammingError, match="Cannot update or delete rows")
    with refusal, transaction.atomic():
        yield


def frozen_rows() -> dict[str, int]:
    """An enquiry with a file; the primary keys by table."""
    upload = Upload("a.txt", "text/plain", "0" * 64, b"a")
    lead = factories.new_lead(attachments=(upload,))
    return {
        "intake_enquiry": lead.enquiry_id,
        "intake_attachment": Attachment.objects.get(enquiry=lead.enquiry_id).pk,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["intake_enquiry", "intake_attachment"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id WHERE id = %s", "DELETE FROM {} WHERE id = %s"]
)
def test_plain_sql_cannot_change_what_was_sent(table, statement):
    pk = frozen_rows()[table]

    with refused_by_trigger(), connection.cursor() as cursor:
        cursor.execute(statement.format(table), [pk])

    assert (Enquiry.objects.count(), Attachment.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_querysets_cannot_change_what_was_sent():
    enquiries = Enquiry.objects.filter(pk=frozen_rows()["intake_enquiry"])

    with refused_by_trigger():
        enquiries.update(needs="Something else.")
    with refused_by_trigger():
        enquiries._raw_delete("default")

    assert enquiries.get().needs == "A route assessment from Bamako to Gao."
