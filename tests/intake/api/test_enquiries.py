import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake import flood, submission
from intake.models import Enquiry, Lead
from jobs.models import Job
from tests import factories, racing
from tests.intake import breaking, typed
from tests.intake.test_submission import held_open

ADDRESS = "/api/v1/enquiries/"
FOUR = typed.FOUR | {"consent": True}
ALL = FOUR | typed.OPTIONAL


def send(client: Client, body: object, key: str | None = None, **extra):
    """POST a JSON body; a `str` or `bytes` goes as it is."""
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    headers = {} if key is None else {"Idempotency-Key": key}
    extra.setdefault("content_type", "application/json")
    return client.generic("POST", ADDRESS, data, headers=headers, **extra)


def problem(response) -> dict[str, object]:
    """The problem document; fails when the answer is none."""
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["type"], body["status"]) == ("about:blank", response.status_code)
    assert set(body) <= {"type", "title", "status", "detail", "errors"}
    return body


def pointers(response) -> dict[str, str]:
    """Of a refused body, the code at each pointer."""
    return {error["pointer"]: error["code"] for error in problem(response)["errors"]}


def rows() -> tuple[int, int, int]:
    """How many enquiries, leads and jobs there are."""
    return Enquiry.objects.count(), Lead.objects.count(), Job.objects.count()


# --- Stored


@pytest.mark.django_db
def test_four_fields_are_stored_and_answered_with_a_receipt(client, settings):
    response = send(client, FOUR)

    lead = Lead.objects.select_related("enquiry").get()
    assert response.status_code == 201
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {
        "reference": lead.reference,
        "status_url": f"{settings.SITE_URL}/request/{submission.status_token(lead)}/",
    }
    assert (lead.enquiry.channel, lead.enquiry.idempotency_key) == ("api", None)
    assert (lead.enquiry.language, lead.language) == ("", "en")
    assert rows() == (1, 1, 3)


@pytest.mark.django_db
def test_every_field_arrives(client):
    brief = factories.BriefFactory(slug="a-brief")

    response = send(client, ALL | {"attachments": []})

    enquiry = Enquiry.objects.get()
    names = set(ALL) - {"consent", "brief"}
    assert response.status_code == 201
    assert {name: getattr(enquiry, name) for name in names} == {name: ALL[name] for name in names}
    assert enquiry.brief == brief


@pytest.mark.django_db
def test_text_is_stored_to_the_letter(client):
    needs = ' \r\n"><script>alert(1)</script>\t\\u0000 {{ 1 }} \U0001f98f \u200f \ufeff '

    send(client, FOUR | {"needs": needs})

    assert Enquiry.objects.get().needs == needs


@pytest.mark.django_db(transaction=True)
def test_one_statement_stores_everything(client):
    factories.BriefFactory(slug="a-brief")

    with CaptureQueriesContext(connection) as queries:
        response = send(client, ALL, key="one")

    assert response.status_code == 201
    assert [query["sql"].split()[0] for query in queries] == ["WITH"]


@pytest.mark.django_db
def test_it_sets_no_cookie_and_needs_none(client):
    response = send(Client(enforce_csrf_checks=True), FOUR)

    assert response.status_code == 201
    assert dict(response.cookies) == {}


# --- Idempotency-Key


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["k", "x" * 255, "a b", "~"])
def test_a_repeat_gets_the_first_answer(client, key):
    first, second = send(client, ALL, key), send(client, ALL, key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert rows() == (1, 1, 3)


@pytest.mark.django_db
def test_the_first_answer_comes_even_when_the_lead_has_moved_on(client):
    first = send(client, ALL, "k")
    lead = Lead.objects.get()
    Lead.objects.filter(pk=lead.pk).update(status="quarantined")

    assert send(client, ALL, "k").json() == first.json()


@pytest.mark.django_db
def test_the_order_and_layout_of_the_json_do_not_matter(client):
    first = send(client, ALL, "k")
    second = send(client, json.dumps(dict(reversed(ALL.items())), indent=4), "k")

    assert second.json() == first.json()
    assert rows() == (1, 1, 3)


@pytest.mark.django_db
def test_a_key_with_another_body_is_a_422_and_changes_nothing(client):
    send(client, FOUR, "k")

    response = send(client, FOUR | {"needs": "Something else."}, "k")

    assert response.status_code == 422
    assert problem(response) == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "This Idempotency-Key came with another request before. Use a new key for a new request.",
    }
    assert rows() == (1, 1, 3)


@pytest.mark.django_db
def test_a_refused_request_does_not_use_the_key_up(client):
    refused = send(client, FOUR | {"email": "aicha"}, "k")
    accepted = send(client, FOUR, "k")

    assert (refused.status_code, accepted.status_code) == (400, 201)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "length"), ("x" * 256, "length"), ("é", "length"),
        ("a\x00", "hidden_characters"), ("a\x1f", "hidden_characters"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_kept_is_refused(client, key, code):
    response = send(client, FOUR, key)

    assert response.status_code == 400
    assert pointers(response) == {"/Idempotency-Key": code}
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_a_form_and_the_api_do_not_share_keys(client):
    form_id = "6f3d1f0e-1111-4222-8333-444455556666"
    client.post("/request/", FOUR | {"form_id": form_id})
    key = Enquiry.objects.get().idempotency_key

    response = send(client, FOUR | {"needs": "Something else."}, key)

    assert response.status_code == 201
    assert Enquiry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_get_one_answer():
    first, second = racing.race(*[lambda: send(Client(), ALL, "k")] * 2)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert rows() == (1, 1, 3)


@pytest.mark.django_db(transaction=True)
def test_while_its_twin_is_being_stored_it_is_a_409(client):
    with held_open("api:k"):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        response = send(client, FOUR, "k")

    assert response.status_code == 409
    assert problem(response)["detail"] == "The same request is being stored right now."
    assert rows() == (0, 0, 0)
    assert send(client, FOUR, "k").status_code == 201


# --- Refused bodies


@pytest.mark.django_db
def test_an_empty_object_names_all_four(client):
    response = send(client, {})

    assert response.status_code == 400
    required = "This field is required."
    consent = "Must be true: without consent we may not keep this."
    four = {"full_name": required, "email": required, "needs": required, "consent": consent}
    assert problem(response) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Some fields need another look.",
        "errors": [
            {"pointer": f"/{name}", "code": "required", "detail": detail}
            for name, detail in four.items()
        ],
    }
    assert rows() == (0, 0, 0)


LONG = "x" * 201
WRONG = [
    ({"full_name": ""}, {"/full_name": "blank"}),
    ({"full_name": " "}, {"/full_name": "blank"}),
    ({"full_name": LONG}, {"/full_name": "max_length"}),
    ({"full_name": 5}, {"/full_name": "invalid"}),
    ({"full_name": True}, {"/full_name": "invalid"}),
    ({"full_name": ["A"]}, {"/full_name": "invalid"}),
    ({"full_name": {"a": 1}}, {"/full_name": "invalid"}),
    ({"full_name": None}, {"/full_name": "null"}),
    ({"full_name": "a\nb"}, {"/full_name": "line_break"}),
    ({"email": "aicha"}, {"/email": "invalid"}),
    ({"email": 5}, {"/email": "invalid"}),
    ({"email": []}, {"/email": "invalid"}),
    ({"email": f"{'a' * 65}@client.example"}, {"/email": "unusual_email"}),
    ({"email": f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}"}, {"/email": "max_length"}),
    ({"needs": " \n\t "}, {"/needs": "blank"}),
    ({"needs": "x" * 20_001}, {"/needs": "max_length"}),
    ({"needs": ["a"]}, {"/needs": "invalid"}),
    ({"consent": False}, {"/consent": "required"}),
    ({"consent": "true"}, {"/consent": "invalid"}),
    ({"consent": 1}, {"/consent": "invalid"}),
    ({"consent": None}, {"/consent": "null"}),
    ({"consent": []}, {"/consent": "invalid"}),
    ({"organisation": LONG}, {"/organisation": "max_length"}),
    ({"job_title": LONG}, {"/job_title": "max_length"}),
    ({"phone": "1" * 41}, {"/phone": "max_length"}),
    ({"country": "XX"}, {"/country": "invalid_choice"}),
    ({"country": ["FR"]}, {"/country": "invalid_choice"}),
    ({"country": {}}, {"/country": "invalid_choice"}),
    ({"countries_of_interest": ["ML", "FR"]}, {"/countries_of_interest/1": "invalid_choice"}),
    ({"countries_of_interest": "ML"}, {"/countries_of_interest": "not_a_list"}),
    ({"countries_of_interest": ["ML"] * 61}, {"/countries_of_interest": "max_length"}),
    ({"countries_of_interest": [["ML"]]}, {"/countries_of_interest/0": "invalid_choice"}),
    ({"services": {"0": "not-sure"}}, {"/services": "not_a_list"}),
    ({"services": [None]}, {"/services/0": "null"}),
    ({"services": ["x", "y"]}, {"/services/0": "invalid_choice", "/services/1": "invalid_choice"}),
    ({"timeframe": "never"}, {"/timeframe": "invalid_choice"}),
    ({"budget": 5}, {"/budget": "invalid_choice"}),
    ({"language": "sw"}, {"/language": "invalid_choice"}),
    ({"language": ""}, {"/language": "invalid_choice"}),
    ({"brief": "x" * 201}, {"/brief": "max_length"}),
    ({"brief": 5}, {"/brief": "invalid"}),
    ({"attachments": ["file"]}, {"/attachments": "max_length"}),
    ({"attachments": "file"}, {"/attachments": "not_a_list"}),
    ({"colour": "red"}, {"/colour": "unknown"}),
    ({"a/b~\ud800": 1, "phone": 5}, {"/a~1b~0\ud800": "unknown", "/phone": "invalid"}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "expected"), WRONG, ids=[str(w[0])[:40] for w in WRONG])
def test_each_wrong_field_is_named_by_its_pointer(client, change, expected):
    response = send(client, ALL | change)

    assert response.status_code == 400
    assert pointers(response) == expected
    assert rows() == (0, 0, 0)


TEXTS = ["full_name", "email", "needs", "organisation", "job_title", "phone", "brief"]


UNKNOWN = "is not known here. Send one of:"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"full_name": 5}, "Send this as text: a JSON string."),
        ({"email": "aicha"}, "Enter an e-mail address that can receive mail, like name@company.com"),
        ({"consent": "yes"}, "Send true, without quotes."),
        ({"country": "Kenya"}, f'"Kenya" {UNKNOWN} the two letters of a country in ISO 3166, such as KE.'),
        ({"countries_of_interest": ["FR"]},
         f'"FR" {UNKNOWN} the two letters of an African country in ISO 3166, such as KE.'),
        ({"timeframe": "now"}, f'"now" {UNKNOWN} days, weeks, months, open.'),
        ({"language": "sw"}, f'"sw" {UNKNOWN} en, fr, pt, ar.'),
        ({"language": "x" * 1000}, f'"{"x" * 60}" {UNKNOWN} en, fr, pt, ar.'),
        ({"language": ["{input}"] * 1000}, f'"{str(["{input}"] * 9)[:60]}" {UNKNOWN} en, fr, pt, ar.'),
        ({"language": int("9" * 50)}, f'"1e+50" {UNKNOWN} en, fr, pt, ar.'),
    ],
)  # fmt: skip
def test_a_value_that_is_refused_is_told_how_to_mend_it(client, change, detail):
    response = send(client, ALL | change)

    assert [error["detail"] for error in problem(response)["errors"]] == [detail]


@pytest.mark.django_db
@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x9f", "\u202e", "\u2069", "\ud800"])
def test_hidden_characters_and_lone_surrogates_are_refused_at_their_field(client, name, character):
    response = send(client, ALL | {name: f"a{character}b@client.example"})

    assert response.status_code == 400
    found = {(e["pointer"], e["code"]) for e in problem(response)["errors"]}
    assert (f"/{name}", "hidden_characters") in found
    assert {pointer for pointer, _ in found} == {f"/{name}"}
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["country", "timeframe", "budget", "language"])
def test_a_lone_surrogate_as_a_choice_is_quoted_back_without_harm(client, name):
    response = send(client, ALL | {name: "\ud800"})

    assert response.status_code == 400
    assert pointers(response) == {f"/{name}": "invalid_choice"}


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["[]", '"text"', "5", "true", "[[]]"])
def test_a_body_that_is_no_object_is_refused_as_a_whole(client, body):
    response = send(client, body)

    assert response.status_code == 400
    assert pointers(response) == {"": "invalid"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        "{", "{'a': 1}", "Nan", b"\xff\xfe", b'{"a": "\xff"}', "\x00", '{"a": 1}}',
        '{"full_name": "A" "B"}', "<xml/>", '{"a": 1e', "\ufeff{}",
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused(client, body):
    response = send(client, body)

    assert response.status_code == 400
    said = problem(response)
    assert str(said["detail"]).startswith("JSON parse error")
    assert said["errors"] == [{"pointer": "", "code": "parse_error", "detail": said["detail"]}]
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_of_many_unknowns_twenty_are_named(client):
    response = send(client, FOUR | {f"field{n}": n for n in range(1000)})

    assert len(problem(response)["errors"]) == 20
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("where", ['"needs": "a"', '"x": {"needs": 1, "needs": 2}'])
def test_a_name_that_stands_twice_is_refused(client, where):
    response = send(client, json.dumps(FOUR)[:-1] + f", {where}}}")

    assert pointers(response) == {"/needs": "duplicate"}
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_json_that_is_nested_too_deeply_is_refused(client, opening, closing):
    deep = opening * 50_000 + "1" + closing * 50_000

    response = send(client, deep)

    assert response.status_code == 400
    assert problem(response)["detail"] == "The JSON is nested too deeply."
    assert send(client, FOUR).status_code == 201


@pytest.mark.django_db
def test_a_body_too_large_is_a_413(client):
    response = send(client, FOUR | {"needs": "x" * 4_000_000})

    assert response.status_code == 413
    assert problem(response)["detail"] == "The body is larger than this address takes. Send less."
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/mixed; boundary=b", "x", ""],
)
def test_another_media_type_is_a_415(client, content_type):
    response = send(client, FOUR, content_type=content_type)

    assert response.status_code == 415
    assert "Unsupported media type" in str(problem(response)["detail"])
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_other_methods_are_a_405(client, method):
    response = getattr(client, method)(ADDRESS)

    assert response.status_code == 405
    assert response["Allow"] == "POST, OPTIONS"
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_flood_is_a_429_with_the_time_to_wait(client):
    for _ in range(flood.PER_ADDRESS):
        flood.enquiries.wait("127.0.0.1")

    response = send(client, FOUR)

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    assert problem(response)["title"] == "Too Many Requests"
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_forwarded_addresses_are_believed_only_from_our_proxies(client, settings):
    for _ in range(flood.PER_ADDRESS):
        flood.enquiries.wait("192.0.2.1")
    pretended = {"HTTP_X_FORWARDED_FOR": "192.0.2.1", "REMOTE_ADDR": "198.51.100.1"}

    direct = send(client, FOUR, **pretended)
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    proxied = send(client, FOUR, **pretended)

    assert (direct.status_code, proxied.status_code) == (201, 429)


@pytest.mark.django_db(transaction=True)
def test_without_a_database_it_is_a_503_that_may_be_sent_again(client):
    with breaking.no_server():
        response = send(client, FOUR, "k")

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "Nothing was stored" in str(problem(response)["detail"])
    assert send(client, FOUR, "k").status_code == 201
    assert rows() == (1, 1, 3)
