"""What every test of intake starts from."""

import pytest

from intake import flood


@pytest.fixture(autouse=True)
def no_flood() -> None:
    """The counts live in the process, so one test's requests would count in the next."""
    flood.enquiries.clear()
