"""The client's pages: accepting and declining."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from mail import handling
from mail.models import Message
from proposals import drafting, withdrawing
from proposals.models import Acceptance, Decline, ProposalVersion
from tests.factories import UserFactory
from tests.proposals import making
from tests.proposals.making import make_sent, statuses, token_of
from tests.proposals.visiting import ESCAPED, HOSTILE, everything, get, sign

pytestmark = pytest.mark.usefixtures("version")

# ---- Accepting


def test_form_for_acceptance_knows_the_name_and_asks_for_consent(client: Client) -> None:
    version = make_sent(recipient_name="Aïcha Example")

    page = get(client, version, "accept/").content.decode()

    assert 'value="Aïcha Example"' in page
    assert f'name="content_sha256" value="{version.content_sha256}"' in page
    assert not re.search(r'<input type="checkbox"[^>]*checked', page)


def test_acceptance_leads_back_to_the_page_which_says_so(
    client: Client, version: ProposalVersion
) -> None:
    answer = sign(client, version)

    assert (answer.status_code, answer["Location"]) == (303, f"/p/{token_of(version)}/")
    assert statuses(version) == ("accepted", "won", "won")
    page = get(client, version).content.decode()
    assert "Accepted by <bdi>Aïcha Example</bdi> on" in page
    assert "accept/" not in page
    assert "decline/" not in page
    assert get(client, version, "proposal.pdf").status_code == 200


LEFT = {"state": "sent", "sent_at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC)}
ON_ITS_WAY = "We have told your adviser, and a confirmation is on its way to you."
MAILED = "We have told your adviser, and mailed you a confirmation on 2 March 2026, 09:30 UTC."
LOST = "We have told your adviser. Our mail with the confirmation did not reach you; your acceptance stands"


@pytest.mark.parametrize(
    ("became", "words"),
    [
        ({}, ON_ITS_WAY),
        ({"state": "unsure"}, ON_ITS_WAY),
        (LEFT, MAILED),
        (LEFT | {"arrival": "delivered"}, MAILED),
        (LEFT | {"arrival": "bounced"}, LOST),
        ({"state": "refused"}, LOST),
        ({"state": "held"}, LOST),
        ({"state": "kept"}, "We have told your adviser.</p>"),
    ],
)
def test_the_page_says_what_became_of_the_confirmation(
    client: Client, became: dict[str, object], words: str, version: ProposalVersion
) -> None:
    making.accept(version)
    Message.objects.filter(template="proposals/mail/accepted").update(private_url="", **became)

    assert words in get(client, version).content.decode()


def test_a_confirmation_that_staff_send_elsewhere_is_on_its_way_again(
    client: Client, version: ProposalVersion
) -> None:
    making.accept(version)
    lost = Message.objects.get(template="proposals/mail/accepted")
    Message.objects.filter(pk=lost.pk).update(state="refused")

    handling.redirect_message(message=lost, to_email="other@client.example", by=UserFactory())

    assert ON_ITS_WAY in get(client, version).content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "nous vous avons envoyé une confirmation par courriel le 2 mars 2026"),
        ("pt", "enviámos-lhe uma confirmação por e-mail em 2 de março de 2026"),
        ("ar", "أرسلنا إليك رسالة تأكيد في 2 مارس 2026"),
    ],
)
def test_that_the_confirmation_was_sent_is_said_in_the_clients_language(
    client: Client, language: str, words: str
) -> None:
    version = make_sent(language=language)
    making.accept(version)
    Message.objects.filter(template="proposals/mail/accepted").update(private_url="", **LEFT)

    assert words in get(client, version).content.decode()


def test_form_with_errors_keeps_what_was_typed(client: Client, version: ProposalVersion) -> None:
    answer = sign(client, version, full_name="", job_title=HOSTILE, consent="")

    page = answer.content.decode()
    assert answer.status_code == 400
    assert '<a href="#id_full_name">Enter your full name</a>' in page
    assert '<a href="#id_consent">Tick the box if you accept</a>' in page
    assert f'value="{ESCAPED}"' in page
    assert "<title>Error: Accept" in page
    assert statuses(version) == ("sent", "open", "proposal")


@pytest.mark.parametrize(
    "changes",
    [
        {"full_name": "x" * 201},
        {"full_name": "two\nlines"},
        {"full_name": "bidi \u202e"},
        {"full_name": "nul \x00"},
        {"job_title": "x" * 100_000},
    ],
)
def test_bad_input_is_a_field_error(
    client: Client, changes: dict[str, str], version: ProposalVersion
) -> None:
    answer = sign(client, version, **changes)

    assert answer.status_code == 400
    assert 'class="error-summary"' in answer.content.decode()
    assert not Acceptance.objects.exists()


@pytest.mark.parametrize("digest", ["", "0" * 64, "é" * 9000])
def test_acceptance_of_another_text_is_a_conflict(
    client: Client, digest: str, version: ProposalVersion
) -> None:
    answer = sign(client, version, content_sha256=digest)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This is not the version that you were shown." in page
    assert "Continue to accept version 1" in page
    assert statuses(version) == ("sent", "open", "proposal")


def test_second_acceptance_is_a_conflict_and_changes_nothing(
    client: Client, version: ProposalVersion
) -> None:
    sign(client, version)
    before = everything()

    answer = sign(client, version, full_name="Somebody Else")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Accepted by <bdi>Aïcha Example</bdi>" in page
    assert everything() == before


# ---- Declining


def test_decline_leads_back_to_the_page_which_says_so(
    client: Client, version: ProposalVersion
) -> None:
    answer = client.post(f"/p/{token_of(version)}/decline/", {"reason": "Too dear."})

    assert (answer.status_code, answer["Location"]) == (303, f"/p/{token_of(version)}/")
    assert Decline.objects.get().reason == "Too dear."
    assert "You declined this proposal." in get(client, version).content.decode()


def test_reason_that_is_too_long_is_kept_on_the_page(
    client: Client, version: ProposalVersion
) -> None:
    answer = client.post(f"/p/{token_of(version)}/decline/", {"reason": "word " * 1001})

    assert answer.status_code == 400
    assert "word " * 1000 in answer.content.decode()
    assert not Decline.objects.exists()


# ---- When there is nothing to answer any more


def replace(version: ProposalVersion) -> None:
    making.send(drafting.revise_version(version=version, by=version.prepared_by))


def withdraw(version: ProposalVersion) -> None:
    lead = version.proposal.lead
    withdrawing.lose_lead(lead=lead, by=version.prepared_by, reason="No answer.")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (making.accept, "Accepted by"),
        (making.decline, "You declined this proposal."),
        (replace, "A newer version replaced this one."),
        (withdraw, "This proposal was withdrawn."),
    ],
)
def test_closed_version_says_why_and_offers_no_answer(
    client: Client, end: Callable[[ProposalVersion], object], words: str, version: ProposalVersion
) -> None:
    end(version)

    page = get(client, version)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert "accept/" not in page.content.decode()
    for form in ("accept/", "decline/"):
        address = f"/p/{token_of(version)}/{form}"
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 409
            assert words in answer.content.decode()
            assert "<form" not in answer.content.decode()


def test_version_whose_time_is_over_says_so_before_the_job_has_run(client: Client) -> None:
    version = making.make_overdue()

    page = get(client, version).content.decode()

    assert statuses(version)[0] == "sent"
    assert "This proposal can no longer be answered; it was open until" in page
    assert sign(client, version).status_code == 409
    assert not Acceptance.objects.exists()
