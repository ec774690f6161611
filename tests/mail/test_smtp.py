"""Addresses that SMTP takes as they are written are those that Django would write so."""

import pytest
from django.core.mail.message import sanitize_address
from hypothesis import given
from hypothesis import strategies as st

from mail.smtp import envelope_address

PARTS = st.text("aZ9._+-'@ <>\"(),:;\\é\n", max_size=8)


@given(local=PARTS, domain=PARTS)
def test_an_address_is_what_django_makes_of_it(local, domain):
    address = f"{local}@{domain}"
    try:
        expected = sanitize_address(address, "utf-8")
    except ValueError:
        with pytest.raises(ValueError, match=r".*"):
            envelope_address(address)
    else:
        assert envelope_address(address) == expected


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("amina.diallo+gao@client.example", "amina.diallo+gao@client.example"),
        ("Derisk <desk@house.example>", "Derisk <desk@house.example>"),
        ("amina@côte.example", "amina@xn--cte-kna.example"),
        ("o'neill@client.example", "o'neill@client.example"),
    ],
)
def test_names_and_letters_of_other_scripts_are_written_out(written, address):
    assert envelope_address(written) == address


@pytest.mark.parametrize("address", ["a@b.example\nBcc: c@d.example", "a@b.example, c@d.example"])
def test_what_holds_more_than_one_address_goes_nowhere(address):
    with pytest.raises(ValueError, match="Invalid address"):
        envelope_address(address)
