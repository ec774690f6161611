"""Rules of GOV.UK for forms that other tests do not hold, and that each rule of docs/request-form.md has its test."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import translation

from intake import acknowledging
from intake.models import Enquiry, Lead
from mail.models import Message
from tests.intake.pages import Page
from tests.intake.typed import ADDRESS, FOUR

_RULE = re.compile(r"^\| .+ \| `(tests/\S+): (test_\w+)` \|$", re.MULTILINE)


def test_each_rule_has_its_test() -> None:
    rules = _RULE.findall((settings.BASE_DIR / "docs" / "request-form.md").read_text())

    assert len(rules) > 20
    for file, name in rules:
        assert f"def {name}(" in Path(settings.BASE_DIR, file).read_text(), (file, name)


def test_nothing_is_checked_while_somebody_types() -> None:
    script = Path(str(finders.find("derisk/request.js"))).read_text()

    assert not re.search(r"focusout|[\"']blur[\"']|setCustomValidity|checkValidity", script)


@pytest.mark.django_db
def test_the_summary_stands_first_and_gets_the_focus(client) -> None:
    html = client.post(ADDRESS, {}).content.decode()

    summary = html.index('<div class="error-summary" role="alert" tabindex="-1" autofocus')
    assert html.index("<main") < summary < html.index("There is a problem") < html.index("<h1")
    assert html.count("autofocus") == 1


@pytest.mark.django_db
def test_each_entry_of_the_summary_leads_to_something_to_mend(client) -> None:
    wrong = {
        "services": ["tea"],
        "countries_of_interest": ["FR"],
        "actors": ["no slug!"],
        "budget": "much",
    }

    page = Page(client.post(ADDRESS, wrong))

    targets = list(page.summary())
    assert "id_services_0" in targets
    assert len(targets) == 8
    assert set(targets) <= set(page.ids)


@pytest.mark.django_db
def test_the_longest_address_is_taken_and_why_it_is_asked_is_said(client) -> None:
    address = f"a@{'b' * 60}.{'c' * 63}.{'d' * 63}.{'e' * 54}.example"
    address = address.rjust(254, "a")

    form = client.get(ADDRESS).content.decode()
    sent = client.post(ADDRESS, FOUR | {"email": address})
    longer = client.post(ADDRESS, FOUR | {"email": f"a{address}"})

    assert "We send the answer here and nothing else." in form
    assert (sent.status_code, Enquiry.objects.get().email) == (303, address)
    assert "Shorten this to 254 characters or fewer" in Page(longer).error("email")


@pytest.mark.django_db
def test_the_page_after_it_can_be_kept(client) -> None:
    address = client.post(ADDRESS, FOUR)["Location"]

    first, later = client.get(address), client.get(address)

    lead = Lead.objects.get()
    for page in (first, later):
        html = page.content.decode()
        assert page.status_code == 200
        assert lead.reference in html
        assert "What happens next" in html
        assert "keep its address" in html
        assert settings.HOUSE["email"] in html


@pytest.mark.django_db
def test_the_mail_says_the_same(client) -> None:
    address = client.post(ADDRESS, FOUR)["Location"]

    acknowledging.acknowledge_lead(lead_id=Lead.objects.get().pk)

    message = Message.objects.get()
    assert Lead.objects.get().reference in message.subject
    assert message.private_url.endswith(address)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
@pytest.mark.parametrize(
    ("name", "sent", "wrong"),
    [
        ("add", {"text": "a\x07b"}, {"text"}),
        ("add", {"text": " "}, {"text"}),
        ("contact", {"full_name": "", "email": "no address", "phone": "1\x1b"}, {"full_name", "email", "phone"}),
    ],
)  # fmt: skip
def test_the_clients_own_pages_keep_the_same_rules(client, language, name, sent, wrong) -> None:
    address = f"{client.post(ADDRESS, FOUR)['Location']}{name}/?language={language}"

    empty, refused = client.get(address), client.post(address, sent)

    page, html = Page(refused), refused.content.decode()
    with translation.override(language):
        assert page.title.startswith(translation.gettext("Error:"))
        problem = translation.gettext("There is a problem")
    assert set(page.summary()) == {f"id_{field}" for field in wrong} <= set(page.ids)
    for field in wrong:
        assert page.summary()[f"id_{field}"] in (page.error(field) or "")
        assert f"id_{field}_error" in page.described[field]
        assert page.fields[field] == sent[field]
    summary = html.index('<div class="error-summary" role="alert" tabindex="-1" autofocus')
    assert html.index("<main") < summary < html.index(problem) < html.index("<h1")
    for text in (html, empty.content.decode()):
        assert " novalidate>" in text
        assert not re.search(r" (required|maxlength|minlength|pattern)[ =>]", text)


@pytest.mark.django_db
def test_the_page_of_corrections_knows_what_each_field_is(client) -> None:
    page = client.get(f"{client.post(ADDRESS, FOUR)['Location']}contact/").content.decode()

    told = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]* autocomplete="([\w-]+)"', page))
    assert told == {"full_name": "name", "email": "email", "phone": "tel"}
