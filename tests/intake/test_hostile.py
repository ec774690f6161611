import json

import pytest

from intake.models import Enquiry
from tests.intake import hostile
from tests.intake.hostile import BODIES, FORMS, TEXTS, Body
from tests.intake.pages import Page
from tests.intake.typed import ADDRESS, FOUR, as_shown, shown

API = "/api/v1/enquiries/"
BY_NAME = [pytest.param(*text[1:], id=text[0]) for text in TEXTS]
# The form says in words what the API says by a code.
SAYS = {
    "hidden_characters": "Take out the hidden character at position",
    "damaged": "did not arrive whole. Write it again.",
    "line_break": "Write this on one line.",
    "max_length": "characters or fewer; it has",
    "invalid": "Enter an e-mail address",
    "unusual_email": "Enter an e-mail address that can receive mail",
}
SAYS_BLANK = ("Write something that can be seen", "Enter your full name", "Tell us what you need")


def test_there_are_enough_of_them():
    assert len(TEXTS) + len(FORMS) + len(BODIES) > 180
    assert len({each[0] for each in TEXTS}) == len(TEXTS)


# --- One field


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value", "code"), BY_NAME)
def test_the_form_stores_a_text_to_the_letter_or_names_its_field_and_keeps_it(
    client, field, value, code
):
    sent = FOUR | {field: value}

    response = client.post(ADDRESS, sent)

    if not code:
        assert response.status_code == 303
        assert getattr(Enquiry.objects.get(), field) == value
        return
    assert response.status_code == 400
    page = Page(response)
    assert (
        page.error(field).startswith(SAYS_BLANK)
        if code == "blank"
        else SAYS[code] in page.error(field)
    )
    kept = as_shown(sent)
    kept[field] = value.replace("\x00", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
    assert shown(response, sent) | {field: None} == kept | {field: None}
    assert not Enquiry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value", "code"), BY_NAME)
def test_the_api_stores_a_text_to_the_letter_or_points_at_its_field(client, field, value, code):
    body = json.dumps(FOUR | {"consent": True, field: value})

    response = client.post(API, body, "application/json")

    if not code:
        assert response.status_code == 201
        assert getattr(Enquiry.objects.get(), field) == value
        return
    assert response.status_code == 400
    found = {(e["pointer"], e["code"]) for e in response.json()["errors"]}
    assert {pointer for pointer, _ in found} == {f"/{field}"}
    assert (f"/{field}", code) in found
    assert not Enquiry.objects.exists()


# --- Whole bodies


def check_stored(body: Body) -> None:
    enquiry = Enquiry.objects.get()
    assert {name: getattr(enquiry, name) for name, _ in body.stored} == dict(body.stored)


@pytest.mark.django_db
@pytest.mark.parametrize("body", FORMS, ids=lambda body: body.name)
def test_the_form_takes_a_body_as_it_is_or_says_what_is_wrong(client, body):
    response = client.generic("POST", ADDRESS + body.query, body.body, body.content_type)

    assert response.status_code == body.status
    if body.status == 303:
        check_stored(body)
        return
    assert not Enquiry.objects.exists()
    if body.status == 400 and body.wrong:
        assert {
            name.removeprefix("id_").removesuffix("_0") for name in Page(response).summary()
        } == set(body.wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.name)
def test_the_api_takes_a_body_as_it_is_or_says_what_is_wrong(client, body):
    response = client.generic("POST", API, body.body, body.content_type)

    assert response.status_code == body.status
    if body.status == 201:
        check_stored(body)
        return
    assert response["Content-Type"] == "application/problem+json"
    assert {error["pointer"] for error in response.json().get("errors", [])} == set(body.wrong)
    assert not Enquiry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [300, 1100])
def test_files_by_the_hundred_cost_no_word(client, count):
    body = hostile._PARTS + hostile._files(count) + hostile.END

    response = client.generic("POST", ADDRESS, body, hostile.MULTIPART)

    assert shown(response, FOUR) == as_shown(FOUR)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/a.txt", "a.txt"),
        ("C:\\\\x\\\\a.txt", "a.txt"),
        ("می\u200cخواهم.txt", "می\u200cخواهم.txt"),
        (
            "\U0001f468\u200d\U0001f469\u200e\ue000.txt",
            "\U0001f468\u200d\U0001f469\u200e\ue000.txt",
        ),
        ("é" * 1000 + ".txt", "é" * 196 + ".txt"),
        ("خ" * 500 + ".txt", "خ" * 196 + ".txt"),
        ("😀" * 300 + "%22.txt", "😀" * 193 + "%22.txt"),
        ("x" * 50 + '\\"' + "a" * 195 + ".txt", "a" * 195 + ".txt"),
        ("été.txt".encode("cp1252"), "été.txt"),
    ],
)
def test_a_file_keeps_the_last_part_of_its_name(client, given, name):
    part = hostile._part("attachments", "x", file="GIVEN", extra="Content-Type: text/plain\r\n")
    part = part.replace(b"GIVEN", given if isinstance(given, bytes) else given.encode())

    client.generic("POST", ADDRESS, hostile._PARTS + part + hostile.END, hostile.MULTIPART)

    assert Enquiry.objects.get().attachments.get().name == name
