"""Rewording mail templates: what is refused and why, what counts, what it came with, and what mails are made of."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from mail import catalogue, rewording, typesetting
from mail.catalogue import MailTemplate, Placeholder
from mail.models import Message, TemplateText
from mail.outbox import PRIVATE_LINK
from tests import racing
from tests.factories import UserFactory
from tests.mail.making import queue_letter

pytestmark = pytest.mark.django_db
NAME = "tests/arrived"
CONTEXT = {"reference": "R-1", "full_name": "Amina <b>*x*</b>", "is_alarming": False}
BODY = """{{ greeting }}

{{ danger_warning }}

We have **{{ reference }}**:

- we read it
- we call you

[See it]({{ status_link }})

{{ emergency_note }}"""


def fill(context: Mapping[str, Any]) -> catalogue.Values:
    is_alarming = context["is_alarming"]
    return {
        "reference": context["reference"],
        "greeting": catalogue.greeting(context["full_name"]),
        "status_link": context["private_url"],
        "danger_warning": "This is not an emergency line." if is_alarming else "",
        "emergency_note": "" if is_alarming else "Life in danger now?",
    }


def required(name: str, meaning: str, **kinds: bool) -> Placeholder:
    return Placeholder(name, meaning, is_required=True, **kinds)


ARRIVED = MailTemplate(
    name=NAME,
    slug="arrived",
    title="To the client: arrived",
    placeholders=(
        required("reference", "The reference"),
        Placeholder("greeting", "Dear and the name", is_passage=True),
        required("status_link", "The client's page", is_link=True),
        required("danger_warning", "In danger", is_passage=True, is_strong=True),
        required("emergency_note", "Not in danger", is_passage=True),
    ),
    fill=fill,
    languages=("en", "fr", "ar"),
)


@pytest.fixture(autouse=True)
def arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template of these tests, beside those of the house."""
    monkeypatch.setitem(catalogue._TEMPLATES, NAME, ARRIVED)


def reword(
    subject: str = "Yes: {{ reference }}", body: str = BODY, **fields: object
) -> TemplateText:
    given = {"template": ARRIVED, "language": "en", "seen": 0, "by": UserFactory.create()}
    return rewording.reword(subject=subject, body=body, **(given | fields))


def letter(**fields: object) -> Message:
    given = {"template": NAME, "private_url": "http://localhost/request/x/", "context": CONTEXT}
    return queue_letter(**(given | fields))


def refusals(**fields: str) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        reword(**fields)
    assert not TemplateText.objects.exists()
    return refusal.value.message_dict


# --- What a mail is made of


def test_mails_that_are_queued_from_then_on_say_what_staff_wrote() -> None:
    before = letter(key="before")
    version = reword()

    after = letter(key="after")

    before.refresh_from_db()
    assert (before.subject, before.words) == ("We have your request R-1", None)
    assert (after.subject, after.words) == ("Yes: R-1", version)
    assert after.text == (
        "Dear Amina <b>*x*</b>,\n\nWe have R-1:\n\n- we read it\n- we call you\n\n"
        f"See it\n{PRIVATE_LINK}\n\nLife in danger now?\n\nDerisk\nhttp://localhost:8000\n"
    )
    assert "<bdi>Dear Amina &lt;b&gt;*x*&lt;/b&gt;,</bdi>" in after.html
    assert "<strong><bdi>R-1</bdi></strong>" in after.html
    assert f'class="button" href="{PRIVATE_LINK}"' in after.html
    assert "{{" not in after.subject + after.text + after.html


def test_each_language_has_its_own_words_and_the_others_stay() -> None:
    reword(language="fr", subject="Oui : {{ reference }}")

    assert letter(key="fr", language="fr").subject == "Oui : R-1"
    assert letter(key="en").subject == "We have your request R-1"
    arabic = letter(key="ar", language="ar")
    assert '<html lang="ar" dir="rtl">' in arabic.html
    assert "تحية طيبة، Amina" in arabic.text


def test_a_passage_that_does_not_apply_leaves_no_gap_and_one_that_does_is_bold() -> None:
    reword()

    calm, alarmed = letter(key="a"), letter(key="b", context=CONTEXT | {"is_alarming": True})

    assert "\n\n\n" not in calm.text + alarmed.text
    assert "<strong>This is not an emergency line." in alarmed.html
    assert "Life in danger now?" not in alarmed.text


@pytest.mark.parametrize("template", catalogue.all_templates(), ids=lambda one: one.slug)
def test_what_each_template_comes_with_is_fit_and_says_what_it_must(template: object) -> None:
    for language in template.languages:
        subject, body = template.built_in(language)
        rewording.check(template, subject, body)
        values = template.values(
            {**template.sample_in(language), "private_url": "https://x.example/"}, language
        )
        assert set(values) == {one.name for one in template.placeholders}

        title, text, html = typesetting.compose(template, subject, body, values, language)

        assert "{{" not in title + text + html
        assert "src=" not in html
        assert len(html) < 8_000


# --- What is refused


def test_an_unknown_placeholder_is_refused_with_those_that_exist() -> None:
    assert refusals(subject="{{ name }}", body=BODY + "{{ status_url }}") == {
        "subject": ["{{ name }} does not exist here. These do: {{ reference }}."],
        "body": [
            (
                "{{ status_url }} does not exist here. These do: {{ reference }}, {{ greeting }}, {{ status_link }}, "
                "{{ danger_warning }}, {{ emergency_note }}."
            )
        ],
    }


def test_a_missing_one_that_clients_need_is_refused_with_what_it_is() -> None:
    body = BODY.replace("[See it]({{ status_link }})", "")

    assert refusals(body=body) == {
        "body": [("{{ status_link }} is missing and must be there: The client's page.")]
    }


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"subject": "  "}, "subject", "Write something."),
        ({"subject": "x" * 201}, "subject", "Shorten this to 200 characters or fewer; it has 201"),
        ({"subject": "a\nBcc: b@c.example"}, "subject", "Write this on one line."),
        ({"subject": "{{ status_link }}"}, "subject", "{{ status_link }} does not exist here."),
        ({"body": ""}, "body", "Write something."),
        ({"body": BODY + "x" * 10_000}, "body", "Shorten this to 10000 characters"),
        ({"body": BODY + "{{ reference"}, "body", "Braces stand around placeholders only"),
        ({"body": BODY + "{{ reference|safe }}"}, "body", "Braces stand around placeholders only"),
        ({"body": BODY + "{% include 'x' %}"}, "body", "Braces stand around placeholders only"),
        ({"body": BODY + "\x00"}, "body", "Take out the hidden character"),
        ({"body": BODY + "\u202e"}, "body", "Take out the hidden character"),
        ({"body": BODY + "\ue000greeting\ue001"}, "body", "Take out the characters"),
        ({"body": BODY + "\n\n[x](javascript:alert(1))"}, "body", "A link is written [words]("),
        ({"body": BODY + "\n\n[x](http://x.example)"}, "body", "A link is written [words]("),
        ({"body": BODY + "\n\n[x]({{ greeting }})"}, "body", "A link is written [words]("),
        (
            {"body": BODY + "\n\n[x](https://x.example/{{ reference }})"},
            "body",
            "A link is written",
        ),
    ],
)
def test_words_that_no_mail_can_be_made_of_are_refused_beside_their_field(
    fields: dict[str, str], field: str, said: str
) -> None:
    found = refusals(**fields)

    assert list(found) == [field]
    assert found[field][0].startswith(said)


def test_html_in_the_words_is_shown_and_not_obeyed() -> None:
    reword(body=BODY + "\n\n<script>alert(1)</script> <img src=x> &amp; {not one}")

    message = letter()

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x&gt;" in message.html
    assert "<script" not in message.html
    assert "<script>alert(1)</script>" in message.text


def test_points_of_a_list_are_numbered_in_the_text_as_in_the_html() -> None:
    reword(body=BODY + "\n\n3. Read\n3. Sign\n\n   Both pages.\n3. Send\n\n- a\n- b")

    message = letter()

    assert "3. Read\n4. Sign\n\nBoth pages.\n\n5. Send\n- a\n- b\n" in message.text
    assert '<ol start="3"' in message.html


def test_a_value_is_never_read_as_words_of_a_template() -> None:
    hostile = "{{ status_link }} [x](https://evil.example) **b** \ue000status_link\ue001"

    message = letter(context=CONTEXT | {"full_name": hostile})

    assert message.text.startswith(f"Dear {hostile},")
    assert '"https://evil.example"' not in message.html


# --- Versions


def test_reset_says_again_what_it_came_with_and_all_versions_stay() -> None:
    user = UserFactory.create()
    first = reword()
    rewording.reset(template=ARRIVED, language="en", seen=1, by=user)

    assert letter().subject == "We have your request R-1"
    with pytest.raises(ValidationError) as refusal:
        rewording.reset(template=ARRIVED, language="en", seen=2, by=user)
    assert refusal.value.code == "unchanged"
    again = reword(seen=2)
    assert [row.number for row in TemplateText.objects.of(NAME, "en")] == [3, 2, 1]
    assert (again.subject, first.subject) == ("Yes: {{ reference }}", "Yes: {{ reference }}")


def test_the_same_words_and_words_over_somebody_else_s_are_refused() -> None:
    with pytest.raises(ValidationError) as refusal:
        reword(*ARRIVED.built_in("en"))
    assert refusal.value.code == "unchanged"

    reword()
    with pytest.raises(ValidationError) as refusal:
        reword(subject="Mine: {{ reference }}", seen=0)
    assert refusal.value.code == "conflict"
    assert TemplateText.objects.count() == 1


def test_words_that_an_upgrade_made_unfit_are_passed_over() -> None:
    version = reword()
    with transaction.atomic():
        TemplateText.objects.bulk_create(
            [
                TemplateText(
                    template=NAME,
                    language="en",
                    number=2,
                    subject="Old",
                    body="{{ gone }}",
                    built_in_digest="x",
                    by=version.by,
                )
            ]
        )

    assert letter().subject == "We have your request R-1"


def test_the_database_lets_nobody_change_what_was_written() -> None:
    reword()

    with pytest.raises(DatabaseError), transaction.atomic():
        TemplateText.objects.update(subject="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        TemplateText.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told_to_look() -> None:
    def attempt(subject: str) -> str:
        try:
            reword(subject=subject)
        except ValidationError as refusal:
            return str(refusal.code)
        return "saved"

    said = racing.race(*[partial(attempt, f"{n}: {{{{ reference }}}}") for n in range(2)])

    assert sorted(said) == ["conflict", "saved"]
    assert TemplateText.objects.count() == 1
