from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from accounts.models import User
from jobs import failures, kinds

SECRET = "Amina Diallo fears for her mine"
HERE = Path(__file__).name


def described(function: Callable[[], object]) -> str:
    try:
        function()
    except Exception as error:
        return failures.describe(error)
    raise AssertionError("nothing failed")


def fail(error: Exception) -> Callable[[], object]:
    def function() -> None:
        raise error

    return function


def test_names_the_error_and_the_place_but_not_its_text() -> None:
    text = described(fail(ValueError(SECRET)))

    assert text.startswith(f"ValueError at {HERE}:")
    assert text.removeprefix(f"ValueError at {HERE}:").isdigit()


def test_names_the_last_place_in_our_code_when_a_library_failed() -> None:
    assert described(lambda: int(SECRET)).startswith(f"ValueError at {HERE}:")
    assert described(lambda: Path(SECRET).read_text()).startswith(f"FileNotFoundError at {HERE}:")


@pytest.mark.django_db
def test_a_database_error_does_not_quote_the_row() -> None:
    def insert_twice() -> None:
        for _ in range(2):
            User.objects.bulk_create([User(email="amina@client.example", full_name=SECRET)])

    with pytest.raises(IntegrityError, match=r"amina@client\.example") as caught:
        insert_twice()

    assert failures.describe(caught.value).startswith(f"django.db.utils.IntegrityError at {HERE}:")
    assert connection.needs_rollback


def test_keeps_the_text_of_a_job_error() -> None:
    text = described(fail(kinds.JobError("The mail server did not take it: 450")))

    assert text.startswith(f"jobs.kinds.JobError: The mail server did not take it: 450 at {HERE}:")


def test_keeps_only_the_codes_of_a_refusal() -> None:
    assert described(fail(ValidationError(SECRET, code="conflict"))).startswith(
        f"django.core.exceptions.ValidationError: conflict at {HERE}:"
    )
    by_field = {
        "email": ValidationError(SECRET, code="invalid"),
        "needs": [ValidationError("x", code="max")],
    }
    assert described(fail(ValidationError(by_field))).startswith(
        f"django.core.exceptions.ValidationError: email invalid, needs max at {HERE}:"
    )


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert failures.describe(LookupError(SECRET)) == "LookupError"
