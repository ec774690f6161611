"""What every test of intake starts from."""

import pytest

from intake import flood
from intake.needs import gazetteer


@pytest.fixture(autouse=True)
def no_flood() -> None:
    """The counts live in the process, so one test's requests would count in the next."""
    flood.enquiries.clear()


@pytest.fixture(autouse=True)
def no_gazetteer() -> None:
    """What a process knows of actors and places outlives the rows of a test."""
    gazetteer.forget()
