"""The short cuts of the form's reading and checking, beside what Django itself makes of the same body."""

import pytest
from django import forms
from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from pytest_django import Settings

from intake.forms import RequestForm
from intake.uploading import _Words
from tests.intake.hostile import FORMS, TEXTS, URLENCODED
from tests.intake.typed import ALL, FOUR

READABLE = [body for body in FORMS if body.content_type == URLENCODED and body.status != 413]
BODIES = [body.body for body in READABLE]


class DjangosForm(RequestForm):
    """The same fields and hooks, checked as Django does it."""

    _clean_fields = forms.BaseForm._clean_fields


def words(sent: dict[str, object]) -> QueryDict:
    """As a browser would send it."""
    made = QueryDict(mutable=True)
    for name, value in sent.items():
        made.setlist(name, value if isinstance(value, list) else [value])
    return made


@pytest.mark.parametrize(
    "data",
    [
        *(words(FOUR | {field: value}) for _, field, value, _ in TEXTS),
        *(words({**ALL, name: ""}) for name in ALL),
        *(words({n: v for n, v in ALL.items() if n != name}) for name in ALL),
        *map(QueryDict, BODIES),
        words(ALL),
        words({}),
    ],
    ids=lambda _: "",
)
def test_a_form_is_checked_as_django_checks_it(data: QueryDict) -> None:
    ours, djangos = RequestForm(data, {}), DjangosForm(data, {})

    assert ours.errors == djangos.errors
    assert ours.cleaned_data == djangos.cleaned_data


@pytest.mark.parametrize("body", [*BODIES, b"", b"a", b"a=1&a=2&b=", b"=%ff&\xff=1&+=%20"])
def test_words_are_read_as_django_reads_them(body: bytes) -> None:
    assert _Words(body) == QueryDict(body)
    assert _Words(body).urlencode() == QueryDict(body).urlencode()
    assert _Words(body).copy() == QueryDict(body).copy()


def test_no_more_words_are_read_than_django_reads(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2

    assert _Words(b"a=1&a=2") == QueryDict(b"a=1&a=2")
    for kind in (_Words, QueryDict):
        with pytest.raises(TooManyFieldsSent):
            kind(b"a=1&a=2&")
