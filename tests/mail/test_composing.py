"""Mails written the short way are the same as Python writes them."""

from email.policy import compat32

import pytest

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
        {"to_name": "Amina Diallo", "headers": {"List-Unsubscribe": f"<{SECRET * 4}>"}},
        {"to_name": "أمينة " * 20, "subject": "طلبكم — Votre demande " * 6},
        {"subject": "x" * 300, "text": "ŸŸ\n" * 400, "html": "<p>" + "y" * 3000},
        {"subject": "a " * 150, "to_name": 'Amina "the miner" \\ Diallo'},
        {"subject": "A tab\tin it"},
    ],
    ids=["short", "long header", "Arabic", "long words", "quotes", "tab"],
)
def test_it_is_what_python_would_have_written(fields: dict[str, object]) -> None:
    mail = composing.compose(message(**fields))
    mail.extra_headers["Date"] = "Fri, 27 Nov 2026 00:00:00 -0000"

    made = mail.message()
    plainly = mail.message()
    plainly.policy = compat32

    assert made.as_bytes(linesep="\r\n") == plainly.as_bytes(linesep="\r\n")


def test_the_boundary_is_that_of_the_message_and_stands_in_no_text() -> None:
    one = message()

    made = composing.compose(one).message()

    assert made.get_boundary() == f"=_{one.uuid.hex}"
    assert made.as_bytes().count(one.uuid.hex.encode()) == 4  # named once, then around two parts
