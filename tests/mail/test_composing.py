"""Mails written the short way are the same as Python writes them."""

from email.policy import compat32

import pytest
from pytest_django import Settings

from mail import composing
from mail.models import Message

SECRET = "https://derisk.example/p/secret/"


def message(**fields: object) -> Message:
    given = {"subject": "About R-26AAA", "text": "Dear Amina,\n", "html": "<p>Dear Amina,</p>"}
    return Message(**given | {"to_email": "amina@client.example"} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"to_name": "Amina Diallo", "headers": {"List-Unsubscribe": f"<{SECRET}>"}},
        {"to_name": "أمينة " * 20, "subject": "طلبكم — Votre demande " * 6},
        {"subject": "x " * 150, "text": "ŸŸ\n" * 400, "html": "<p>" + "y" * 3000},
        {"subject": "a " * 150, "to_name": 'Amina "the miner" \\ Diallo'},
        {"subject": "A tab\tin it"},
    ],
    ids=["short", "a header of lists", "Arabic", "long words", "quotes", "tab"],
)
def test_it_is_what_python_would_have_written(fields: dict[str, object]) -> None:
    mail = composing.compose(message(**fields))
    mail.extra_headers["Date"] = "Fri, 27 Nov 2026 00:00:00 -0000"

    made = mail.message()
    plainly = mail.message()
    plainly.policy = compat32

    assert made.as_bytes(linesep="\r\n") == plainly.as_bytes(linesep="\r\n")


def test_a_header_of_one_word_stands_in_one_line(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = f"Derisk <office@{'a-long-name.' * 4}example>"
    one = message(headers={"List-Unsubscribe": f"<{SECRET * 4}>"})

    lines = composing.compose(one).message().as_bytes(linesep="\r\n").split(b"\r\n")

    assert f"Message-ID: <{one.uuid}@{'a-long-name.' * 4}example>".encode() in lines
    assert f"List-Unsubscribe: <{SECRET * 4}>".encode() in lines


def test_a_header_of_one_word_that_no_line_may_hold_is_as_python_writes_it() -> None:
    made = composing.compose(message(headers={"X-Long": "x" * 991})).message()

    assert b"X-Long: \n " in made.as_bytes()


def test_the_boundary_is_that_of_the_message_and_stands_in_no_text() -> None:
    one = message()

    made = composing.compose(one).message()

    assert made.get_boundary() == f"=_{one.uuid.hex}"
    assert made.as_bytes().count(one.uuid.hex.encode()) == 4  # named once, then around two parts
