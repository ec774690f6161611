import sys
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts import text_rules
from intake import addresses


def hidden() -> set[str]:
    """Every control character but tab, line feed and carriage return; every surrogate; the bidi overrides and isolates;
    what stands for bytes that were no text."""
    characters = map(chr, range(sys.maxunicode + 1))
    no_text = {each for each in characters if unicodedata.category(each) in ("Cc", "Cs")}
    others = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd")
    return no_text - {"\t", "\n", "\r"} | others


def test_exactly_the_characters_that_hide_or_reorder_are_refused():
    refused = set()
    for code in range(sys.maxunicode + 1):
        try:
            text_rules.refuse_hidden_characters(chr(code))
        except ValidationError:
            refused.add(chr(code))

    assert refused == hidden()


def test_the_refusal_names_the_place_and_the_character():
    with pytest.raises(ValidationError) as refusal:
        text_rules.refuse_hidden_characters("Gao\u202e!")

    assert refusal.value.messages == ["Take out the hidden character at position 4 (U+202E)."]
    assert refusal.value.code == "hidden_characters"


def test_what_arrived_damaged_is_said_as_such():
    with pytest.raises(ValidationError) as refusal:
        text_rules.refuse_hidden_characters("caf\ufffd")

    assert refusal.value.messages == [
        "The character at position 4 did not arrive whole. Write it again."
    ]
    assert refusal.value.code == "damaged"


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\u2028b", "a\u2029b", "\n"])
def test_one_line_holds_no_line_break(text):
    with pytest.raises(ValidationError) as refusal:
        text_rules.refuse_line_breaks(text)

    assert refusal.value.code == "line_break"


@pytest.mark.parametrize(
    "text", ["", "Aïcha Éxample", "محمد\u200f", "Zwe\u200bi", "👩🏾‍💻", "a\tb"]
)
def test_names_of_the_world_are_allowed(text):
    text_rules.refuse_hidden_characters(text)
    text_rules.refuse_line_breaks(text)


@pytest.mark.parametrize(
    "email",
    [
        "a@client.example",
        f"{'a' * 64}@client.example",
        "Aïcha@client.example".replace("ï", "i"),
        "o'hara+gao@client.example",
        "a@exämple.example",
        "a@例え.example",
        "a@مثال.example",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 60}",
    ],
)
def test_addresses_that_can_receive_mail(email):
    text_rules.refuse_unusual_email(email)


@pytest.mark.parametrize(
    "email",
    [
        f"{'a' * 65}@client.example",
        "a\u200b@client.example",
        "\u212aevin@client.example",  # the Kelvin sign, which a pattern that ignores case takes for a K
        "jos\u0131@client.example",
        "a@client\u200b.example",
        "a@client\u00ad.example",
        "a@.example",
        "a@",
        "a@localhost",
        "a@mail.localhost",
        "a@LOCALHOST.LocalDomain",
        "a@printer.local",
        "a@db.internal",
        "a@db\u3002internal",
        "a@[127.0.0.1]",
        "a@[IPv6:2001:db8::1]",
        f"a@{'b' * 64}.example",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 61}",
        "a@" + ".".join(["\u2121" * 21] * 11),  # the sign TEL: each becomes three letters
    ],
)
def test_addresses_that_mail_servers_do_not_take(email):
    with pytest.raises(ValidationError) as refusal:
        text_rules.refuse_unusual_email(email)

    assert refusal.value.code == "unusual_email"


@given(st.text(max_size=70), st.text(max_size=254))
def test_what_is_taken_fits_the_column_that_it_is_compared_in(local, domain):
    email = f"{local}@{domain}"
    try:
        text_rules.refuse_unusual_email(email)
    except ValidationError:
        return

    assert len(addresses.email_key(email)) <= 254
