"""Editing and reading proposal versions in the staff screens."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from proposals.models import LineItem, ProposalVersion
from tests.factories import AdviserFactory, UserFactory
from tests.proposals import making
from tests.proposals.admin.forms import address, whole_form
from tests.proposals.admin.screens import LIST, as_author, said
from tests.proposals.making import make_draft, make_lead, make_sent

pytestmark = pytest.mark.usefixtures("version")


@pytest.fixture
def version(draft: ProposalVersion) -> ProposalVersion:
    """A draft: what is sent here sends each test itself."""
    return draft


# ---- Editing


def test_draft_is_edited_with_its_parts(client: Client, version: ProposalVersion) -> None:
    changes = {
        "title": "Another title",
        "sections-0-body": "Other words.",
        "lines-0-unit_price": "999.99",
        "lines-TOTAL_FORMS": 2,
        "lines-1-position": 2,
        "lines-1-description": "A call",
        "lines-1-quantity": "1",
        "lines-1-unit_price": "100",
        "lines-1-tax_rate": "0",
        "lines-1-tax_label": "VAT",
        "lines-1-version": version.pk,
    }

    answer = as_author(client, version).post(address(version), whole_form(version, **changes))

    assert answer.status_code == 302
    assert ProposalVersion.objects.get().title == "Another title"
    assert version.sections.get(position=1).body == "Other words."
    lines = version.lines.order_by("position").values_list("description", "unit_price")
    assert list(lines) == [("Written assessment", Decimal("999.99")), ("A call", Decimal(100))]


def test_price_that_the_currency_cannot_express_is_a_field_error(
    client: Client, version: ProposalVersion
) -> None:
    changes = {"currency": "XOF", "title": "Kept title", "lines-0-unit_price": "10.50"}

    answer = as_author(client, version).post(address(version), whole_form(version, **changes))

    page = answer.content.decode()
    assert answer.status_code == 200
    lines = answer.context["inline_admin_formsets"][1].formset
    assert lines.errors[0].keys() == {"unit_price"}
    assert "XOF has no decimals" in lines.errors[0]["unit_price"][0]
    assert 'value="10.50"' in page
    assert 'value="Kept title"' in page
    stored = ProposalVersion.objects.get()
    assert (stored.currency, stored.title) == ("EUR", version.title)


def test_currency_and_prices_change_together(client: Client) -> None:
    version = make_draft(currency="XOF")
    changes = {"currency": "EUR", "lines-0-unit_price": "10.50"}

    answer = as_author(client, version).post(address(version), whole_form(version, **changes))

    assert answer.status_code == 302
    assert version.lines.get().unit_price == Decimal("10.50")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "ZZZ"),
        ("valid_until_0", "someday"),
        ("title", ""),
        ("title", "bidi \u202e"),
        ("terms", "- a\n  - b\n    - c\n      - d"),
        ("recipient_email", "nobody"),
        ("sections-0-body", "hidden \x07"),
        ("sections-0-body", "- a\n  - b\n    - c\n      - d"),
        ("sections-0-heading", ""),
        ("lines-0-quantity", "0"),
        ("lines-0-quantity", "-1"),
        ("lines-0-unit_price", "1e30"),
        ("lines-0-unit_price", "NaN"),
        ("lines-0-unit_price", "-1"),
        ("lines-0-tax_rate", "100.01"),
        ("lines-0-tax_label", "\u2066x"),
    ],
)
def test_bad_input_is_refused_and_kept(
    client: Client, field: str, value: str, version: ProposalVersion
) -> None:
    changes = {"recipient_name": "Typed Before", field: value}

    answer = as_author(client, version).post(address(version), whole_form(version, **changes))

    assert answer.status_code == 200
    assert 'value="Typed Before"' in answer.content.decode()
    assert ProposalVersion.objects.get().recipient_name == version.recipient_name


def test_sent_version_is_to_read_only(client: Client) -> None:
    version = make_sent()
    as_author(client, version)

    page = client.get(address(version)).content.decode()

    assert version.title in page
    assert 'name="title"' not in page
    assert "sections-0-body" not in page
    assert "lines-0-unit_price" not in page


def test_edit_of_a_version_that_was_sent_meanwhile_says_so(
    client: Client, version: ProposalVersion
) -> None:
    form = whole_form(version, title="Too late")
    as_author(client, version)
    making.send(version)

    answer = client.post(address(version), form)

    assert (answer.status_code, answer["Location"]) == (302, address(version))
    assert said(answer) == [
        "This version was sent or closed while you were editing. Nothing of that was saved."
    ]
    assert ProposalVersion.objects.get().title == version.title


# ---- Reading


def test_page_of_a_version_says_what_it_adds_up_to_and_what_the_client_answered(
    client: Client,
) -> None:
    version = make_sent()
    making.decline(version, "Too <dear>.")

    page = as_author(client, version).get(address(version)).content.decode()

    for text in ("EUR\N{NO-BREAK SPACE}2,950.00", "Too &lt;dear&gt;.", version.content_sha256):
        assert text in page


def test_page_of_a_draft_says_why_it_cannot_be_priced(client: Client) -> None:
    version = make_draft(currency="XOF")
    version.lines.update(unit_price=Decimal("0.5"))

    page = as_author(client, version).get(address(version)).content.decode()

    assert "XOF has no decimals" in page


def test_preview_of_a_draft_is_the_clients_page_without_answers(client: Client) -> None:
    version = make_draft(language="fr")

    page = as_author(client, version).get(address(version, "preview")).content.decode()

    assert "Preview for staff." in page
    assert '<html lang="fr"' in page
    assert "<h2>Prix</h2>" in page
    assert "accept/" not in page
    assert making.statuses(version)[0] == "draft"


def test_preview_of_what_cannot_be_priced_says_why(client: Client) -> None:
    version = make_draft(currency="XOF")
    version.lines.update(unit_price=Decimal("0.5"))

    answer = as_author(client, version).get(address(version, "preview"))

    assert answer.status_code == 409
    assert "XOF has no decimals" in answer.content.decode()


def test_document_is_the_clients(client: Client) -> None:
    version = make_sent()

    answer = as_author(client, version).get(address(version, "document"))

    assert answer.content == bytes(version.document.pdf)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].endswith(f'"{version.proposal.reference}-v1.pdf"')


def test_version_without_a_document_has_none_to_download(
    client: Client, version: ProposalVersion
) -> None:
    assert as_author(client, version).get(address(version, "document")).status_code == 404


def test_links_tokens_are_on_no_staff_page(client: Client) -> None:
    version = make_sent()
    token = making.token_of(version)
    client.force_login(UserFactory(is_superuser=True))

    for page in (address(version), address(version, "preview"), LIST):
        assert token not in client.get(page).content.decode()


@pytest.mark.parametrize("query", ["?q=Sahel", "?q=P-", "?status__exact=sent", "?q=%00", "?p=x"])
def test_list_is_searched_and_filtered(client: Client, query: str) -> None:
    version = make_sent()

    assert as_author(client, version).get(LIST + query).status_code in (200, 302)


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(
    client: Client, django_assert_num_queries: Callable[..., object], count: int
) -> None:
    owner = AdviserFactory()
    for _ in range(count):
        make_sent(make_lead(owner=owner))
    client.force_login(owner.user)
    client.get(LIST)  # content types are asked for once per process

    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(LIST).content.decode()
    assert page.count(">P-") == count


LIST_QUERIES = 7  # with those that ask for the adviser that the user is, and for their desks


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_one_line_and_three(
    client: Client,
    django_assert_num_queries: Callable[..., object],
    count: int,
    version: ProposalVersion,
) -> None:
    for _ in range(count - 1):
        LineItem.objects.create(version=version, description="A call")
    as_author(client, version).get(address(version))

    with django_assert_num_queries(PAGE_QUERIES):
        client.get(address(version))


PAGE_QUERIES = 12
