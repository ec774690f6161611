"""After a restore: who was erased is erased again, who came back keeps what is newer."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Erasure
from intake import erasing, erasing_again, matching
from intake.models import Contact, Enquiry, Lead
from mail.models import Message
from tests import factories
from tests.briefs.subscribed import run_all, subscription_of

EMAIL, WHY = "returning@client.example", "Asked for by letter 12."
pytestmark = pytest.mark.django_db


@pytest.fixture
def backup(settings, tmp_path):
    """A list of one erasure, and a database from before it."""
    settings.ERASURE_LIST = tmp_path / "list" / "erasures.jsonl"
    lead = factories.new_lead(email=EMAIL, full_name="Returning Client")
    erasing.erase_lead(
        lead=lead, asked_by=factories.UserFactory(), by=factories.UserFactory(), because=WHY
    )
    line = json.loads(erasing_again.line_of(Erasure.objects.get()))
    restored = factories.new_lead(email=EMAIL, full_name="Returning Client")
    matching.match_people(lead_id=restored.pk)
    subscription_of(EMAIL)
    return restored, line


def replay(*lines) -> str:
    out = StringIO()
    path = erasing_again.settings.ERASURE_LIST
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    call_command("replay_erasures", stdout=out)
    return out.getvalue()


def test_a_person_is_found_by_the_digest_of_their_address_and_erased_once_more(backup):
    lead, line = backup
    line |= {"references": ["R-GONE"], "made_at": "2999-01-01T00:00:00+00:00"}
    digests = [erasing_again.erasing.address_digest(EMAIL)]
    mails = Message.objects.count()

    said = [replay(line | {"address_digests": digests, "uuid": "u1"}) for _ in range(2)]

    lead.refresh_from_db()
    assert lead.erased_at is not None
    assert Contact.objects.get().full_name == "Erased"
    assert not Enquiry.objects.filter(email=EMAIL).exists()
    assert Erasure.objects.filter(scope="replay").count() == 1
    assert [" 1 erased again" in said[0], " 0 erased again" in said[1]] == [True, True]
    assert Message.objects.count() == mails  # nobody is told a second time


def test_one_request_is_found_by_its_reference(backup):
    lead, line = backup
    line |= {"references": [lead.reference], "made_at": "2999-01-01T00:00:00+00:00"}

    replay(line)

    lead.refresh_from_db()
    assert lead.erased_at is not None
    assert erasing_again.Subscriber.objects.get().email == EMAIL


def test_a_client_called_by_a_word_of_the_replay_does_not_stop_it(backup):
    _, line = backup
    lead = factories.new_lead(full_name="Replay")
    line |= {"references": [lead.reference], "made_at": "2999-01-01T00:00:00+00:00"}

    assert " 1 erased again" in replay(line)

    lead.refresh_from_db()
    assert lead.erased_at is not None


def test_who_came_back_after_the_erasure_keeps_what_is_newer(backup):
    lead, line = backup
    line["address_digests"] = [erasing_again.erasing.address_digest(EMAIL)]
    line |= {"made_at": "2020-01-01T00:00:00+00:00", "references": []}

    assert " 0 erased again" in replay(line)

    lead.refresh_from_db()
    assert (lead.erased_at, lead.contact.full_name) == (None, "Returning Client")


def test_each_erasure_is_noted_beside_the_database_without_the_data(backup):
    run_all("intake.note_erasure")

    text = erasing_again.settings.ERASURE_LIST.read_text()
    (line,) = erasing_again.lines_in(erasing_again.settings.ERASURE_LIST)
    assert line["uuid"] == str(Erasure.objects.get().uuid)
    assert line["references"] == Erasure.objects.get().references
    assert "client" not in text.lower()
    out = StringIO()
    call_command("list_erasures", stdout=out)
    assert out.getvalue() == text


def test_a_line_that_was_cut_off_leaves_the_next_one_whole(backup):
    path = erasing_again.settings.ERASURE_LIST
    path.parent.mkdir()
    path.write_text('{"uuid": "0')
    run_all("intake.note_erasure")

    torn, whole = path.read_text().splitlines()

    assert (torn, json.loads(whole)["uuid"]) == ('{"uuid": "0', str(Erasure.objects.get().uuid))
    with pytest.raises(ValueError, match=r"Line 1 of .* delete it"):
        list(erasing_again.lines_in(path))


@pytest.mark.parametrize("text", ["no json", '{"uuid": 1}', "[]"])
def test_a_list_that_is_none_is_said_with_its_line(settings, tmp_path, text):
    settings.ERASURE_LIST = tmp_path / "erasures.jsonl"
    with pytest.raises(CommandError, match="is not there"):
        call_command("replay_erasures")
    settings.ERASURE_LIST.write_text(f"\n{text}\n")

    with pytest.raises(CommandError, match=r"Line 2 .* is no erasure"):
        call_command("replay_erasures", str(settings.ERASURE_LIST))

    assert Lead.objects.count() == 0
