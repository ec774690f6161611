import importlib

import pytest
from django.apps import apps

from intake import after_sending, erasing, lead_search
from intake.after_sending import ContactDetails
from intake.models import Lead, LeadWords
from jobs import working
from jobs.models import Job
from tests import factories
from tests.intake.admin.screens import LEADS, client_of

pytestmark = pytest.mark.django_db


def asks(**content) -> Lead:
    """A lead that may be found."""
    lead = factories.new_lead(**content)
    lead_search.note_words(lead_ids=[lead.pk])
    return lead


def found(typed: str) -> set[Lead]:
    return set(lead_search.find(Lead.objects.all(), typed))


@pytest.fixture
def awa() -> Lead:
    return asks(
        full_name="Awa Héloïse Traoré",
        email="awa.traore@mines.example",
        organisation="Société Aurifère du Sahel",
        needs="Évacuation de six personnes depuis Kidal.",
    )


@pytest.fixture
def other() -> Lead:
    return asks(full_name="Peter Mwangi", email="peter@client.example", needs="A talk about ports.")


@pytest.mark.parametrize(
    "typed",
    [
        "traore",
        "TRAORÉ",
        "aoré",
        "heloise traoré",
        "traore awa",
        "awa.traore@mines.example",
        "Traoré AWA.traore@mines.Example",
        "awa.traore@mi",
        "mines.example",
        "aurifere",
        "Sahel",
        "evacuation",
        "évac",
        "kidal",
        "traoré kidal",
        "aw",
        " Awa ",
    ],
)
def test_a_lead_is_found_by_parts_of_who_asks_and_by_words_of_the_text(awa, other, typed):
    assert found(typed) == {awa}


@pytest.mark.parametrize("typed", ["traore ports", "acuation", "zanzibar", "traoréé"])
def test_every_word_must_be_there_and_a_word_of_the_text_from_its_beginning(awa, other, typed):
    assert found(typed) == set()


@pytest.mark.parametrize("typed", ["", "  ", "!?", "\0"])
def test_what_holds_no_word_finds_all(awa, other, typed):
    assert found(typed) == {awa, other}


@pytest.mark.parametrize(
    "typed", ["'", "a' | b", "%", "_%", "kidal:*", "(", "\\", "x" * 3000, "a b c d e f g h i j k l"]
)
def test_nothing_that_is_typed_breaks_it(awa, typed):
    list(lead_search.find(Lead.objects.all(), typed))


def test_a_reference_leads_to_its_lead_before_its_words_are_kept(other):
    lead = factories.new_lead()

    assert found(f" {lead.reference.lower()} ") == {lead}
    assert not LeadWords.objects.filter(lead=lead).exists()


def test_arabic_is_found_however_it_is_spelt():
    lead = asks(full_name="أمينة الحسن", needs="نحتاج إلى تقييم.")

    assert found("امينه") == found("أمينة") == found("تقييم") == {lead}


def test_the_job_that_reads_the_text_keeps_the_words_once():
    lead = factories.new_lead(full_name="Awa Traoré")
    job = Job.objects.get(kind="intake.read_needs", subject_id=lead.pk)

    working.run_job(job.pk)
    lead_search.note_words(lead_ids=[lead.pk])

    assert found("traore") == {lead}
    assert LeadWords.objects.count() == 1


def test_what_the_client_adds_and_corrects_is_found(awa):
    details = ContactDetails("Awa Coulibaly", "awa@new.example", "")
    after_sending.correct_contact(lead=awa, details=details)
    after_sending.add_information(
        lead=awa, text="Three vehicles.", files=(), form_id="00000000-0000-4000-8000-000000000001"
    )

    assert (
        found("coulibaly") == found("new.example") == found("vehicles") == found("traore") == {awa}
    )


def test_an_erased_lead_is_found_by_no_word(awa):
    by, other_one = factories.UserFactory.create_batch(2, is_superuser=True)
    erasing.erase_lead(lead=awa, by=by, asked_by=other_one, because="They asked.")
    lead_search.note_words(lead_ids=[awa.pk])

    assert not LeadWords.objects.exists()


def test_the_migration_keeps_what_the_verb_keeps(awa, other):
    kept = list(LeadWords.objects.order_by("pk").values())
    LeadWords.objects.all().delete()
    importlib.import_module("intake.migrations.0004_long_lists").fill(apps, None)

    assert list(LeadWords.objects.order_by("pk").values()) == kept


def test_the_list_finds_only_what_its_reader_may_see(awa, other):
    desk, adviser = (factories.UserFactory(roles=[role]) for role in ("desk lead", "adviser"))

    assert awa.reference in client_of(desk).get(f"{LEADS}?q=traore").content.decode()
    assert other.reference not in client_of(desk).get(f"{LEADS}?q=traore").content.decode()
    assert awa.reference not in client_of(adviser).get(f"{LEADS}?q=traore").content.decode()
