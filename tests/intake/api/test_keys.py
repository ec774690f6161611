"""Other websites: their keys, their limits and their browsers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import flood, keys
from intake.models import ApiKey, Enquiry, Lead
from tests import factories
from tests.intake.api.test_enquiries import ADDRESS, ALL, FOUR, problem, rows, send

SITE = "https://partner.example"


def issue(**terms: Any) -> tuple[ApiKey, str]:
    """A key and its full text."""
    key = ApiKey(**{"name": "Partner", "origins": [SITE]} | terms)
    return key, keys.issue_key(key=key, by=factories.UserFactory())


def send_as(text: str, body: object = FOUR, key: str | None = None, origin: str = "") -> Any:
    """The request with this key, from a server or from a page of this origin."""
    extra = {"HTTP_ORIGIN": origin} if origin else {}
    return send(Client(), body, key, HTTP_AUTHORIZATION=f"Bearer {text}", **extra)


# --- Who sends


@pytest.mark.django_db
def test_a_request_with_a_key_is_stored_with_its_website() -> None:
    key, text = issue()

    response = send_as(text)

    assert response.status_code == 201
    assert Enquiry.objects.get().api_key == key
    assert re.fullmatch(r"derisk_[a-z2-7]{16}_[A-Za-z0-9_-]{43}", text)


@pytest.mark.django_db
def test_what_the_key_says_holds_where_the_request_says_nothing() -> None:
    brief = factories.BriefFactory(countries=["NE"])
    _, text = issue(language="fr", services=["due-diligence"], brief=brief)

    send_as(text)

    lead = Lead.objects.select_related("enquiry").get()
    enquiry = lead.enquiry
    assert (lead.language, lead.services, lead.countries) == ("fr", ["due-diligence"], ["NE"])
    assert (enquiry.brief, enquiry.language, enquiry.services) == (brief, "", [])
    assert enquiry.consent_language == "fr"


@pytest.mark.django_db
def test_what_the_request_says_goes_before_the_key() -> None:
    named = factories.BriefFactory(slug="a-brief")
    _, text = issue(language="pt", services=["due-diligence"], brief=factories.BriefFactory())

    send_as(text, ALL)

    lead = Lead.objects.select_related("enquiry").get()
    assert (lead.language, lead.services, lead.countries) == ("fr", ALL["services"], ["ML", "SN"])
    assert lead.enquiry.brief == named


@pytest.mark.django_db
@pytest.mark.parametrize(
    "make",
    [
        lambda text: "derisk_" + "a" * 16 + text[23:],
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text[:23],
        lambda text: text + "x",
        lambda text: "",
        lambda text: "\xff\x00",
    ],
    ids=["stranger", "secret", "public part alone", "too long", "empty", "bytes"],
)
def test_a_wrong_key_is_a_401_and_nothing_is_stored(make: Any) -> None:
    _, text = issue()

    response = send_as(make(text))

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="derisk"'
    assert problem(response)["title"] == "Unauthorized"
    assert rows() == (0, 0, 0)
    assert send_as(text).status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_key_that_has_ended_is_a_401_at_once(end: str) -> None:
    key, text = issue()
    assert send_as(text, key="k").status_code == 201

    if end == "revoked":
        keys.revoke_key(key=key, by=factories.UserFactory())
    else:
        ApiKey.objects.update(expires_on=timezone.now().date() - timedelta(days=1))

    assert send_as(text).status_code == 401
    assert problem(send_as(text, key="k"))["detail"].endswith("Nothing was stored.")
    assert Enquiry.objects.count() == 1


@pytest.mark.django_db
def test_a_key_works_through_its_last_day() -> None:
    _, text = issue(expires_on=timezone.now().date())

    assert send_as(text).status_code == 201


@pytest.mark.django_db
def test_a_key_without_the_scope_is_a_403() -> None:
    _, text = issue()
    ApiKey.objects.update(scopes=[])

    assert send_as(text).status_code == 403
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_another_scheme_is_refused_and_not_taken_for_nobody(client: Client) -> None:
    response = send(client, FOUR, HTTP_AUTHORIZATION="Basic dXNlcjpwYXNz")

    assert response.status_code == 401
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_the_secret_is_not_in_the_database() -> None:
    key, text = issue()

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM intake_apikey k")
        (row,) = cursor.fetchone()

    assert text.removeprefix(f"{key.prefix}_") not in row
    assert key.public_id in row


# --- What it costs


@pytest.mark.django_db(transaction=True)
def test_a_key_costs_one_statement_and_its_use_is_noted_once_a_minute() -> None:
    factories.BriefFactory(slug="a-brief")
    _, text = issue()
    expected = ["WITH", "WITH"]  # the key, the request

    used = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert send_as(text, ALL).status_code == 201
        assert [query["sql"].split()[0] for query in queries] == expected
        used.append(ApiKey.objects.get().last_used_at)
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    send_as(text)

    assert used[0] is not None
    assert used[1] == used[0]
    assert ApiKey.objects.get().last_used_at > used[0]


@pytest.mark.django_db
def test_a_wrong_key_is_not_noted_as_a_use() -> None:
    _, text = issue()

    send_as(text[:-4] + "AAAA")

    assert ApiKey.objects.get().last_used_at is None


# --- Limits


@pytest.mark.django_db
def test_a_key_has_a_limit_of_its_own_and_none_of_its_address() -> None:
    _, text = issue(per_minute=3)
    for _ in range(flood.PER_ADDRESS):
        flood.enquiries.wait("127.0.0.1")

    statuses = [send_as(text, {}).status_code for _ in range(4)]

    assert statuses == [400, 400, 400, 429]
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_whoever_guesses_keys_has_to_wait() -> None:
    _, text = issue()
    wrong = text[:-4] + "AAAA"

    statuses = {send_as(wrong).status_code for _ in range(flood.PER_ADDRESS)}
    response = send_as(wrong)

    assert (statuses, response.status_code) == ({401}, 429)
    assert response["Retry-After"] == "60"


# --- Idempotency


@pytest.mark.django_db
def test_each_sender_has_idempotency_keys_of_its_own() -> None:
    (_, one), (_, other) = issue(), issue(name="Other")

    answers = [send_as(one, key="k"), send_as(other, key="k"), send(Client(), FOUR, "k")]
    again = send_as(one, key="k")

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["reference"] for answer in answers}) == 3
    assert again.json() == answers[0].json()
    assert Enquiry.objects.count() == 3


@pytest.mark.django_db
def test_a_changed_default_of_the_key_does_not_make_a_repeat_another_request() -> None:
    key, text = issue()
    first = send_as(text, key="k")
    ApiKey.objects.filter(pk=key.pk).update(language="fr", services=["due-diligence"])

    assert send_as(text, key="k").json() == first.json()


# --- Browsers


def preflight(origin: str) -> Any:
    """What a browser asks before it sends."""
    return Client().options(ADDRESS, HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST")


@pytest.mark.django_db
def test_a_browser_is_let_through_from_the_websites_of_live_keys_and_of_the_setting(
    settings: Any,
) -> None:
    key, _ = issue()
    settings.CORS_ORIGINS = ["https://house.example"]

    allowed, configured, other = map(
        preflight, (SITE, "https://house.example", "https://other.example")
    )
    keys.revoke_key(key=key, by=factories.UserFactory())
    revoked = preflight(SITE)

    assert (allowed.status_code, allowed["Access-Control-Allow-Origin"]) == (204, SITE)
    assert allowed["Access-Control-Allow-Methods"] == "POST"
    assert "authorization" in allowed["Access-Control-Allow-Headers"].lower()
    assert "Access-Control-Allow-Credentials" not in allowed
    assert "Origin" in allowed["Vary"]
    assert configured["Access-Control-Allow-Origin"] == "https://house.example"
    assert "Access-Control-Allow-Origin" not in other
    assert "Access-Control-Allow-Origin" not in revoked


@pytest.mark.django_db
def test_in_pages_of_its_websites_the_public_part_is_enough() -> None:
    key, _ = issue()

    answer = send_as(key.prefix, origin=SITE)
    elsewhere = send_as(key.prefix, origin="https://other.example")

    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (201, SITE)
    assert (elsewhere.status_code, elsewhere.get("Access-Control-Allow-Origin")) == (401, None)
    assert Enquiry.objects.get().origin == SITE


@pytest.mark.django_db
def test_with_a_whole_key_no_page_of_another_website_reads_the_answer() -> None:
    _, text = issue()

    answer = send_as(text, origin="https://other.example")

    assert (answer.status_code, answer.get("Access-Control-Allow-Origin")) == (201, None)


@pytest.mark.django_db
def test_a_page_can_read_why_it_was_refused_and_how_long_to_wait() -> None:
    key, _ = issue(per_minute=1)

    refused = send_as(key.prefix, {}, origin=SITE)
    flooding = send_as(key.prefix, {}, origin=SITE)

    assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (400, SITE)
    assert (flooding.status_code, flooding["Access-Control-Allow-Origin"]) == (429, SITE)
    assert "Retry-After" in flooding
    assert flooding["Access-Control-Expose-Headers"] == "Retry-After, X-Request-ID"


@pytest.mark.django_db
def test_a_page_can_read_that_its_key_is_wrong_or_missing() -> None:
    key, _ = issue()

    mistyped = send_as(f"{key.prefix[:-1]}{'a' if key.prefix[-1] != 'a' else 'b'}", origin=SITE)
    missing = send(Client(), FOUR, HTTP_ORIGIN=SITE)
    keys.revoke_key(key=key, by=factories.UserFactory())
    revoked = send(Client(), FOUR, HTTP_ORIGIN=SITE)

    assert (mistyped.status_code, mistyped["Access-Control-Allow-Origin"]) == (401, SITE)
    assert (missing.status_code, missing["Access-Control-Allow-Origin"]) == (201, SITE)
    assert "Access-Control-Allow-Origin" not in revoked


@pytest.mark.django_db
def test_from_a_browser_the_address_counts_beside_the_key() -> None:
    key, _ = issue()
    for _ in range(flood.PER_ADDRESS):
        flood.enquiries.wait("127.0.0.1")

    assert send_as(key.prefix, origin=SITE).status_code == 429
