import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import addresses


@pytest.mark.parametrize(
    ("email", "key", "mailbox"),
    [
        ("Awa@House.Example", "awa@house.example", "awa@house.example"),
        ("awa+crm@house.example", "awa+crm@house.example", "awa@house.example"),
        ("a.w.a+x@googlemail.com", "a.w.a+x@googlemail.com", "awa@gmail.com"),
        ("a.w.a@house.example", "a.w.a@house.example", "a.w.a@house.example"),
        ("+@house.example", "+@house.example", "+@house.example"),
    ],
)
def test_an_address_and_the_mailbox_that_it_leads_to(email, key, mailbox):
    assert (addresses.email_key(email), addresses.mailbox_key(email)) == (key, mailbox)


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("a@House.example", "house.example"), ("a@maïs.example", "xn--mas-0ma.example"), ("a@gmail.com", ""),
        ("a@Yahoo.fr", ""), ("a@orange.sn", ""), ("a@sapo.pt", ""), ("a@tuta.com", ""), ("a@orange.ml", ""),
        ("a@sfr.fr", ""), ("a@privaterelay.appleid.com", ""), ("a@gmial.com", ""), ("a@yahoo.con", ""),
        (f"a@{'x' * 70}.example", f"{'x' * 70}.example"),
    ],
)  # fmt: skip
def test_a_domain_tells_an_organisation_unless_anybody_has_mail_there(email, domain):
    assert addresses.house_domain(email) == domain


@pytest.mark.parametrize(
    ("email", "is_shared"),
    [
        ("info@house.example", True), ("Procurement.ML@house.example", True), ("sécurité@house.example", True),
        ("awa@house.example", False), ("infante@house.example", False),
    ],
)  # fmt: skip
def test_a_mailbox_that_several_people_read(email, is_shared):
    assert addresses.is_shared(email) is is_shared


@given(st.emails())
def test_every_address_has_keys(email):
    key = addresses.mailbox_key(email)

    assert addresses.mailbox_key(key) == key
    assert len(key) <= 254
    assert addresses.house_domain(email) == addresses.house_domain(key)
