"""Requests with files by machine: the rules of the page, the answers of the API."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from intake import attachments
from intake.models import Attachment, Enquiry
from tests.intake.api.test_enquiries import ADDRESS, ALL, FOUR, pointers, problem, rows

FORM = FOUR | {"consent": "true"}


def post(body: dict[str, Any], **headers: str) -> Any:
    """Send a form with files."""
    return Client().post(
        ADDRESS, body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def file(name: str = "route.txt", body: bytes = b"Gao") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


@pytest.mark.django_db
def test_files_are_stored_with_every_field() -> None:
    response = post(ALL | {"consent": "true", "attachments": [file(), file("b.pdf", b"%PDF-1.7")]})

    enquiry = Enquiry.objects.get()
    names = set(ALL) - {"consent", "brief"}
    assert response.status_code == 201
    assert {name: getattr(enquiry, name) for name in names} == {name: ALL[name] for name in names}
    assert list(Attachment.objects.order_by("pk").values_list("name", "content_type")) == [
        ("route.txt", "text/plain"),
        ("b.pdf", "application/pdf"),
    ]


@pytest.mark.django_db
def test_a_repeat_with_the_same_file_gets_the_first_answer_and_another_file_a_422() -> None:
    first = post(FORM | {"attachments": file()}, Idempotency_Key="k")
    again = post(FORM | {"attachments": file()}, Idempotency_Key="k")
    other = post(FORM | {"attachments": file(body=b"Mopti")}, Idempotency_Key="k")

    assert again.json() == first.json()
    assert other.status_code == 422
    assert (Enquiry.objects.count(), Attachment.objects.count()) == (1, 1)


WRONG = [
    ({"attachments": file("a.exe", b"MZ")}, {"/attachments": "type"}),
    ({"attachments": file("a.pdf", b"MZ")}, {"/attachments": "type"}),
    ({"attachments": [file(f"{n}.txt") for n in range(4)]}, {"/attachments": "too_many"}),
    ({"attachments": file(body=b"")}, {"/attachments": "empty"}),
    ({"attachments": "words"}, {"/attachments/0": "invalid"}),
    ({"cv": file()}, {"/cv": "unknown"}),
    ({"needs": ["a", "b"]}, {"/needs": "duplicate"}),
    ({"needs": file()}, {"/needs": "invalid"}),
    ({"consent": "yes"}, {"/consent": "invalid"}),
    ({"services": ["x"]}, {"/services/0": "invalid_choice"}),
    ({"full_name": "a\x1bb"}, {"/full_name": "hidden_characters"}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "expected"), WRONG, ids=[str(w[1]) for w in WRONG])
def test_what_is_wrong_is_named_and_nothing_is_stored(change: Any, expected: Any) -> None:
    response = post(FORM | change)

    assert response.status_code == 400
    assert pointers(response) == expected
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_a_file_that_is_too_large_is_named(monkeypatch: Any) -> None:
    monkeypatch.setattr("intake.uploading.LARGEST_BYTES", 10)
    monkeypatch.setattr(attachments, "LARGEST_BYTES", 10)

    response = post(FORM | {"attachments": file(body=b"x" * 11)})

    assert pointers(response) == {"/attachments": "too_large"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content_type", "status"),
    [("multipart/form-data; boundary=b", 400), ("multipart/form-data", 400)],
)
def test_what_is_no_form_is_refused(client: Client, content_type: str, status: int) -> None:
    response = client.generic("POST", ADDRESS, "no parts", content_type=content_type)

    assert response.status_code == status
    assert problem(response)
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_words_that_are_too_many_are_a_413() -> None:
    assert post(FORM | {"needs": "x" * 20_001}).status_code == 400
    assert post(FORM | {"needs": "x" * 8_100_000}).status_code == 413
    assert rows() == (0, 0, 0)
