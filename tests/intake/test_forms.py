"""The short cuts of the form's reading and checking, beside what Django itself makes of the same body."""

import pytest
from django import forms
from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from pytest_django import Settings

from intake import plain_forms
from intake.forms import RequestForm
from intake.uploading import _Words
from tests.intake.hostile import FORMS, TEXTS, URLENCODED
from tests.intake.typed import ALL, FOUR, UNTOUCHED

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


SENT = [
    *(words(FOUR | {field: value}) for _, field, value, _ in TEXTS),
    *(words({**ALL, name: ""}) for name in ALL),
    *(words({n: v for n, v in ALL.items() if n != name}) for name in ALL),
    *map(QueryDict, BODIES),
    words(ALL),
    words({}),
]
# Of one field what is nearly plain.
NEARLY = [
    ("full_name", " Amina"), ("full_name", "Amina\u3000"), ("full_name", ["Amina", "Amina"]), ("needs", "a\r\nb"),
    ("needs", "a\rb"), ("needs", "x\r\n" * 10_000), ("needs", " \n"), ("needs", "\u200d"), ("needs", "a\ufffd"),
    ("email", "a..b@client.example"), ("email", "a@localhost"), ("email", "a@-client.example"), ("email", "a@b.c1"),
    ("email", "a@" + "b" * 64 + ".example"), ("email", "a@client.example."), ("email", "A.b+c_d-e@my-client.co.ke"),
    ("email", "a@client.example\n"), ("email", "a" * 64 + "@client.example"), ("email", "a" * 65 + "@client.example"),
    ("services", ["route-assessment", "route-assessment"]), ("services", "nonsense"), ("services", ""),
    ("countries_of_interest", "FR"), ("country", "XX"), ("budget", ["", ""]), ("timeframe", "weeks "),
    ("actors", ["a", "b"]), ("actors", "A b"), ("actors", [f"a-{n}" for n in range(21)]), ("consent", "yes"),
    ("consent", "false"), ("consent", ["on", "on"]), ("brief", "no slug"), ("brief", "b" * 201), ("brief", ["a", "b"]),
    ("attachments", "a.txt"), ("attachments", ""), ("nobody-knows", "this"), ("q7", "bots"), ("form_id", "none"),
    ("form_id", ["a", "b"]), ("came", "x" * 5000), ("made", "\u202e"),
]  # fmt: skip


@pytest.mark.parametrize("data", SENT, ids=lambda _: "")
def test_a_form_is_checked_as_django_checks_it(data: QueryDict) -> None:
    ours, djangos = RequestForm(data, {}), DjangosForm(data, {})

    assert ours.errors == djangos.errors
    assert ours.cleaned_data == djangos.cleaned_data


@pytest.mark.parametrize(
    "data", [*SENT, *(words({**ALL, name: value}) for name, value in NEARLY)], ids=lambda _: ""
)
def test_what_is_plainly_right_is_what_the_form_makes_of_it(data: QueryDict) -> None:
    form, values = RequestForm(data, MultiValueDict()), plain_forms.plain_among(data)
    looked_at_once = RequestForm(data, MultiValueDict(), plain=values)

    assert looked_at_once.errors == form.errors
    assert looked_at_once.cleaned_data == form.cleaned_data
    if plain := plain_forms.whole(data, values):
        assert form.is_valid()
        assert plain.content == form.checked.content
        assert plain.content.digest == form.checked.content.digest
        assert plain.as_sent() == form.checked.as_sent()
        assert plain.of_its_making() == form.checked.of_its_making()
        assert plain.idempotency_key() == form.checked.idempotency_key()
        assert plain.came == form.checked.came


@pytest.mark.parametrize(
    "sent",
    [
        FOUR,
        ALL,
        ALL | UNTOUCHED,
        ALL | {"needs": "Deux convois à Gao,\r\nen été."},
        FOUR | {"full_name": "أمينة", "phone": ""},
        FOUR | {"form_id": "", "made": "", "came": "", "q7": ""},
    ],
    ids=lambda _: "",
)
def test_what_people_send_is_plainly_right(sent: dict[str, object]) -> None:
    data = words(sent)

    assert plain_forms.whole(data, plain_forms.plain_among(data))


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
