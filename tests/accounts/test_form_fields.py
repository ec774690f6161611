import sys

import pytest
from django import forms
from django.core.exceptions import ValidationError

from accounts.form_fields import EmailField, LineField, LongTextField, TextField

LIMIT = 30
FIELDS = [kind(limit=LIMIT) for kind in (TextField, LineField, LongTextField)]
FIELDS += [EmailField(limit=LIMIT, max_length=None), LineField(limit=LIMIT, min_length=4)]
# The first characters and some of every script, alone and within words.
ALONE = [chr(code) for code in (*range(0x100), *range(0x100, sys.maxunicode, 0x400))]
TEXTS = [
    *ALONE,
    *(f"a{one}b" for one in ALONE),
    "",
    " ",
    "\n",
    " \n",
    "a" * LIMIT,
    "a" * (LIMIT + 1),
    "a@b.example",
]


def refusals(check, field, text):
    try:
        check(field, text)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
def test_what_is_not_shown_to_the_rules_breaks_none(field):
    kind = type(field)

    for text in TEXTS:
        all_rules = refusals(forms.CharField.run_validators, field, text)
        assert refusals(kind.run_validators, field, text) == all_rules, repr(text)
