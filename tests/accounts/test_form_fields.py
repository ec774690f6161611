import sys

import pytest
from django.core.exceptions import ValidationError

from accounts.form_fields import EmailField, LineField, LongTextField, TextField

LIMIT = 30
FIELDS = [kind(limit=LIMIT) for kind in (TextField, LineField, LongTextField)]
FIELDS += [EmailField(limit=LIMIT, max_length=None), LineField(limit=LIMIT, min_length=4)]
FIELDS += [EmailField(limit=254, max_length=None), LineField(limit=LIMIT, required=False)]
# The first characters, some of every script, and what prints but shows nothing; alone and within words.
ALONE = [chr(code) for code in (*range(0x100), *range(0x100, sys.maxunicode, 0x400))]
ALONE += "\u034f\u115f\u1160\u17b4\u200d\u202e\u2028\u2066\u2800\u3164\ufe0f\uffa0\ufffd\U000e0100"
ADDRESSES = [
    "a@b.example",
    "A.b+c_d-e@my-b.co.ke",
    "a@localhost",
    "a@[127.0.0.1]",
    "a..b@c.example",
    ".a@b.example",
]
ADDRESSES += [
    "a.@b.example",
    "a@-b.example",
    "a@b-.example",
    "a@b..example",
    "a@b.c",
    "a@b.c1",
    "a@b.example.",
    "a@b",
]
ADDRESSES += [
    "a b@c.example",
    "a@b@c.example",
    "@b.example",
    "a@",
    "a@b.example\n",
    "é@b.example",
    "a@é.example",
]
ADDRESSES += [
    f"{'a' * 64}@b.example",
    f"{'a' * 65}@b.example",
    f"a@{'b' * 63}.example",
    f"a@{'b' * 64}.example",
]
TEXTS = [
    *ALONE,
    *(f"a{one}b" for one in ALONE),
    "",
    " ",
    "\n",
    " \n",
    "a" * LIMIT,
    "a" * (LIMIT + 1),
    *ADDRESSES,
]


def refusals(check, field, text):
    try:
        check(field, text)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
def test_what_is_not_shown_to_the_rules_breaks_none(field, monkeypatch):
    kind = type(field)
    told = [refusals(kind.run_validators, field, text) for text in TEXTS]

    monkeypatch.setattr(kind, "_breaks_no_rule", lambda *_: False)

    for text, said in zip(TEXTS, told, strict=True):
        assert said == refusals(kind.run_validators, field, text), repr(text)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
def test_what_is_plainly_right_is_kept_as_it_is_or_as_the_field_cleans_it(field):
    plain = {text: field.plain(text) for text in TEXTS}

    kept = {text: value for text, value in plain.items() if value is not None}
    assert {text: field.clean(text) for text in kept} == kept


def test_most_is_plainly_right():
    for text in ("Amina Example", "Aïcha", "أمينة", "-2+3"):
        assert LineField(limit=LIMIT).plain(text) == text
    assert EmailField(limit=LIMIT, max_length=None).plain(ADDRESSES[1]) == ADDRESSES[1]
    assert LongTextField(limit=LIMIT, strip=False).plain(" a\r\nb ") == " a\nb "
