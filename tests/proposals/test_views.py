"""The client's pages: who may open them, and what they show."""

import hashlib
import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from proposals.models import ClientLink, ProposalVersion, Section
from tests.proposals import making
from tests.proposals.making import make_draft, make_lead, make_sent, token_of
from tests.proposals.visiting import ESCAPED, HOSTILE, PAGES, everything, get, sign

pytestmark = pytest.mark.usefixtures("version")

# ---- Who may open what


@pytest.fixture
def strange_tokens(version: ProposalVersion) -> list[str]:
    """Tokens of no open link, and one open link beside them that could leak."""
    revoked, live = make_sent(), version
    token = token_of(revoked)
    ClientLink.objects.filter(version=revoked).update(revoked_at=timezone.now())
    open_token = token_of(live)
    digest = ClientLink.objects.get(version=live).digest
    return [
        token,
        "A" * 43,
        open_token[:-1],
        f"{open_token}A",
        open_token.swapcase(),
        digest,
        "%00",
    ]


@pytest.mark.parametrize("page", PAGES)
def test_unknown_revoked_and_malformed_links_are_one_404(
    client: Client, strange_tokens: list[str], page: str
) -> None:
    answers = [client.get(f"/p/{token}/{page}") for token in strange_tokens]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(headers(answer).items())) for answer in answers}) == 1


def headers(answer: HttpResponse) -> dict[str, str]:
    own = ("X-Request-ID", "Content-Length")
    return {name: value for name, value in answer.items() if name not in own}


@pytest.mark.parametrize("page", PAGES[2:])
def test_form_sent_to_a_strange_link_is_the_same_404(
    client: Client, strange_tokens: list[str], page: str
) -> None:
    answers = [client.post(f"/p/{token}/{page}", {"reason": "x"}) for token in strange_tokens]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("page", PAGES)
def test_private_pages_are_not_kept_indexed_or_told_of(
    client: Client, page: str, version: ProposalVersion
) -> None:
    answer = get(client, version, page)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


def test_missing_page_is_not_kept_or_told_of_either(client: Client) -> None:
    answer = client.get(f"/p/{'A' * 43}/")

    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_changes_nothing(
    client: Client, page: str, method: str, version: ProposalVersion
) -> None:
    before = everything()

    for _ in range(2):
        answer = getattr(client, method)(f"/p/{token_of(version)}/{page}")
        assert answer.status_code == 200

    assert everything() == before


@pytest.mark.parametrize("page", PAGES[:2])
def test_pages_to_read_take_no_post(client: Client, page: str, version: ProposalVersion) -> None:
    assert client.post(f"/p/{token_of(version)}/{page}").status_code == 405


def test_log_names_no_token_and_nobody(
    client: Client, caplog: pytest.LogCaptureFixture, version: ProposalVersion
) -> None:
    token = token_of(version)
    caplog.clear()

    for page in PAGES:
        client.get(f"/p/{token}/{page}")
    sign(client, version)

    assert caplog.text.count("proposals:") == 5
    for private in (token, "Aïcha", version.recipient_email, version.recipient_name):
        assert private not in caplog.text


# ---- The proposal


def test_page_shows_what_was_frozen(client: Client) -> None:
    version = make_sent(terms="Pay *soon*.")

    page = get(client, version).content.decode()

    assert f'<h1 dir="auto">{version.title}</h1>' in page
    assert "“A route assessment from Bamako to Gao.”" in page
    assert "Pay <em>soon</em>." in page
    for amount in ("1,250.00", "2,500.00", "450.00", "2,950.00"):
        assert amount in page
    assert version.document.sha256 in page
    assert f"mailto:{version.prepared_by.email}?subject={version.proposal.reference}" in page


def test_page_keeps_what_was_sent_when_the_world_goes_on(
    client: Client, version: ProposalVersion
) -> None:
    before = get(client, version).content

    version.prepared_by.full_name = "Somebody Else"
    version.prepared_by.save()
    making.factories.BriefFactory(title="A newer brief")

    assert get(client, version).content == before


def test_amounts_without_decimals_have_none(client: Client) -> None:
    version = make_sent(currency="XOF")

    page = get(client, version).content.decode()

    cells = re.findall(r'<td class="n[^>]*>([^<]*)<', page)
    assert cells == ["2", "1,250", "2,500", "2,500", "450", "2,950"]
    assert "Total, XOF" in page
    assert (
        "Accept for <bdi>XOF\N{NO-BREAK SPACE}2,950</bdi>"
        in get(client, version, "accept/").content.decode()
    )


def test_what_people_wrote_is_text_and_not_markup(client: Client) -> None:
    version = make_draft(
        make_lead(needs=HOSTILE, organisation=HOSTILE),
        title=HOSTILE,
        terms=HOSTILE,
        recipient_name=HOSTILE,
    )
    version.sections.update(heading=HOSTILE)
    version.lines.update(description=HOSTILE, unit="<i>", tax_label="<b>")
    making.send(version)
    making.run_jobs("proposals.render", version.pk)

    pages = [get(client, version, page).content.decode() for page in ("", "accept/", "decline/")]

    for page in pages:
        assert "<script" not in page
        assert ESCAPED in page
    for tag in ("<i>", "<b>"):
        assert tag not in pages[0]


def test_pdf_is_what_is_stored(client: Client, version: ProposalVersion) -> None:
    answer = get(client, version, "proposal.pdf")

    assert answer.content == bytes(version.document.pdf)
    assert hashlib.sha256(answer.content).hexdigest() == version.document.sha256
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="{version.proposal.reference}-v1.pdf"'
    )


def test_page_costs_the_same_with_one_line_or_many(
    client: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    version = make_draft()
    for number in range(20):
        Section.objects.create(version=version, position=number, heading="More", body="Words.")
    making.send(version)
    making.run_jobs("proposals.render", version.pk)
    address = f"/p/{token_of(version)}/"

    with django_assert_num_queries(2):  # the link with what hangs on it, the acceptance
        client.get(address)


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("en", "ltr", ("Private link", "Price", "Continue to accept version 1", "Total, EUR")),
        ("fr", "ltr", ("Lien privé", "Prix", "Continuer pour accepter la version 1", "Total, EUR")),
        (
            "pt",
            "ltr",
            ("Ligação privada", "Preço", "Continuar para aceitar a versão 1", "Total, EUR"),
        ),
        ("ar", "rtl", ("رابط خاص", "السعر", "المتابعة لقبول النسخة 1", "الإجمالي، EUR")),
    ],
)
def test_page_speaks_the_language_of_its_version(
    client: Client, language: str, direction: str, words: tuple[str, ...]
) -> None:
    page = get(client, make_sent(language=language)).content.decode()

    assert f'<html lang="{language}" dir="{direction}">' in page
    for each in words:
        assert each in page


def test_forms_speak_the_language_of_their_version(client: Client) -> None:
    version = make_sent(language="fr")

    page = sign(client, version, consent="").content.decode()

    assert "Cochez la case si vous acceptez" in page
    assert "J’accepte cette proposition" in page
    assert "facultatif" in page
    assert "Décliner la version 1" in get(client, version, "decline/").content.decode()
