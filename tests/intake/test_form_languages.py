"""The request form speaks the reader's language, carries over what the brief is about, and says how to mend."""

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from briefs.models import Actor
from intake import consent, misspelling, submission
from intake.forms import RequestForm
from intake.models import Enquiry, Lead
from tests import factories
from tests.intake.pages import Page
from tests.intake.typed import ALL

ADDRESS = "/request/"
LANGUAGES = ["en", "fr", "pt", "ar"]
FOUR = {
    "full_name": "Aïcha Example",
    "email": "aicha@client.example",
    "needs": "Two convoys to Gao.",
    "consent": "on",
}
ENGLISH_HEADING = "How can we help you de-risk Africa?"


def brief_about_two(**fields):
    """A brief about Mali and Niger that names two groups."""
    brief = factories.BriefFactory(countries=["ML", "NE"], **fields)
    for slug, name in (("jnim", "JNIM"), ("fama", "FAMa")):
        brief.actors.add(Actor.objects.create(slug=slug, name=name, kind="armed_group"))
    return brief


def h1(response) -> str:
    return re.search(r"<h1>(.*?)</h1>", response.content.decode())[1]


# --- Which language


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_speaks_the_language_of_its_address(client, language):
    response = client.get(ADDRESS, {"language": language})

    html = response.content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert response["Content-Language"] == language
    with translation.override(language):
        assert h1(response) == translation.gettext("How can we help you de-risk Africa?")
        assert str(RequestForm.base_fields["full_name"].label) in html
    assert consent.text_in(language) in html
    assert f'action="/request/?language={language}"' in html
    assert response.cookies == {}


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["sw", "", "EN", "\x00", "x" * 5000])
def test_another_language_is_english(client, asked):
    assert h1(client.get(ADDRESS, {"language": asked})) == ENGLISH_HEADING


@pytest.mark.django_db
def test_opened_from_a_brief_it_speaks_the_language_of_the_brief_unless_asked_for_another(client):
    brief = factories.BriefFactory(language="fr", title="Sur le Niger")

    as_the_brief = client.get(ADDRESS, {"brief": brief.slug})
    as_asked = client.get(ADDRESS, {"brief": brief.slug, "language": "pt"})

    assert (as_the_brief["Content-Language"], as_asked["Content-Language"]) == ("fr", "pt")
    assert "Sur le Niger" in as_asked.content.decode()


@pytest.mark.django_db
def test_the_switch_of_languages_keeps_the_brief(client):
    brief = factories.BriefFactory()

    links = dict(Page(client.get(ADDRESS, {"brief": brief.slug})).links)

    for language in LANGUAGES:
        assert f"/request/?language={language}&brief={brief.slug}" in links


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_says_how_to_mend_in_the_language_of_the_page(client, language):
    sent = {
        "full_name": "",
        "email": "aicha",
        "needs": "x" * 20_001,
        "organisation": "a\u202eb",
        "job_title": "a\nb",
        "budget": "much",
        "services": ["tea"],
        "countries_of_interest": ["FR"],
        "actors": ["no slug!"],
    }
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(4)]

    response = client.post(f"{ADDRESS}?language={language}", sent | {"attachments": files})

    page = Page(response)
    assert (response.status_code, response["Content-Language"]) == (400, language)
    said = {name: page.error(name) for name in (*sent, "consent", "attachments")}
    assert all(said.values()), said
    text = " ".join(said.values()) + page.title
    if language != "en":
        with translation.override("en"):
            english = Page(client.post(ADDRESS, sent | {"attachments": files}))
        same = [name for name in said if said[name] == english.error(name)]
        assert same == []
    else:
        assert not re.search(r"\b(invalid|please|sorry|required)\b", text, re.IGNORECASE)


# In words of each language, “required” too.
SCOLDING = {
    "en": r"\b(invalid|please|sorry|required)\b",
    "fr": r"veuillez|s[’']il vous pla|désol|invalide|non valide|obligatoire|\brequis|excus",
    "pt": r"por favor|inválid|não válid|desculp|lament|obrigatóri|\brequerid|faça o favor",
    "ar": r"يرجى|الرجاء|رجاءً|من فضلك|غير صالح|غير صحيح|عذرًا|معذرة|نعتذر|نأسف|آسف|مطلوب|إلزامي",
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_form_says_invalid_please_or_sorry(client, language):
    query = f"?language={language}"
    wrong: dict[str, object] = dict.fromkeys(ALL, "\x07") | {
        "services": ["tea"],
        "actors": ["no slug!"],
    }
    receipt = client.post(ADDRESS + query, FOUR)["Location"]

    pages = [
        *(client.get(ADDRESS + query), client.get(receipt + query)),
        *(client.post(ADDRESS + query, sent) for sent in ({}, wrong, wrong | {"email": "a"})),
        *(client.post(f"{receipt}contact/{query}", sent) for sent in ({}, wrong)),
        *(client.post(f"{receipt}add/{query}", sent) for sent in ({}, {"text": "\x07"})),
    ]

    assert [page.status_code for page in pages] == [200, 200] + [400] * 7
    for page in pages:
        shown = re.sub(r"<[^>]+>", " ", page.content.decode())
        assert not re.search(SCOLDING[language], shown, re.IGNORECASE)


# --- What GOV.UK asks of a form


@pytest.mark.django_db
def test_the_browser_checks_nothing_and_knows_what_each_field_is(client):
    html = client.get(ADDRESS).content.decode()

    assert re.search(r"<form [^>]*\bnovalidate\b", html)
    assert not re.search(r"\b(required|maxlength|pattern)[\s=>]", html.split("<form", 1)[1])
    purposes = {
        name: re.search(rf'<\w+ [^>]*name="{name}"[^>]*autocomplete="([^"]+)"', html)[1]
        for name in ("full_name", "email", "phone", "organisation", "job_title", "country")
    }
    assert purposes == {
        "full_name": "name",
        "email": "email",
        "phone": "tel",
        "organisation": "organization",
        "job_title": "organization-title",
        "country": "country",
    }
    assert re.search(r'<input type="text" name="full_name"[^>]*spellcheck="false"', html)
    assert re.search(r'<input type="email" name="email"', html)
    assert re.search(r'<input type="tel" name="phone"', html)


@pytest.mark.django_db
def test_the_short_path_comes_first_and_the_rest_is_folded(client):
    html = client.get(ADDRESS).content.decode()

    places = [html.index(f'name="{name}"') for name in ("full_name", "email", "needs", "consent")]
    folded = html.index('<details class="more">')
    assert places == sorted(places)
    assert places[-1] < folded < html.index('name="services"') < html.index("</details>")
    assert html.index('name="language"') < html.index('name="attachments"')  # files come last


@pytest.mark.django_db
@pytest.mark.parametrize(
    "phone",
    ["+223 20 22 20 22", "(0)20.22-2022 ext 5", "٠٠٢٢٣٢٠٢٢", "0022320222022", "ask for Moussa"],
)
def test_a_telephone_number_is_taken_and_kept_in_any_form(client, phone):
    client.post(ADDRESS, FOUR | {"phone": phone})

    assert Enquiry.objects.get().phone == phone


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["Ólafur", "محمد بن علي", "X Æ A-12", "O’Neil-Smith 3rd, PhD", "王"]
)
def test_a_name_is_one_field_and_taken_as_it_is(client, name):
    client.post(ADDRESS, FOUR | {"full_name": name})

    assert Enquiry.objects.get().full_name == name


@pytest.mark.django_db
def test_files_that_a_page_cannot_keep_are_named(client):
    files = [SimpleUploadedFile("a.txt", b"x"), SimpleUploadedFile("<b>.txt", b"x")]

    response = client.post(ADDRESS, FOUR | {"email": "", "attachments": files})

    html = response.content.decode()
    assert "Choose your files again, since a page cannot keep them: a.txt, &lt;b&gt;.txt" in html
    assert '<details class="more" open>' in html


# --- Carried over from the brief


@pytest.mark.django_db
def test_countries_and_groups_of_the_brief_are_chosen_beforehand_and_said(client):
    brief = brief_about_two()

    with CaptureQueriesContext(connection) as queries:
        response = client.get(ADDRESS, {"brief": brief.slug})

    page = Page(response)
    assert page.fields["countries_of_interest"] == ["ML", "NE"]
    assert page.fields["actors"] == ["fama", "jnim"]
    said = "Taken over from the brief: Mali, Niger, FAMa, JNIM."
    assert said in re.sub("</?bdi>", "", response.content.decode())
    assert len(queries) == 1


@pytest.mark.django_db
def test_what_is_taken_over_is_listed_as_the_language_of_the_page_lists(client):
    brief = brief_about_two()

    html = client.get(ADDRESS, {"brief": brief.slug, "language": "ar"}).content.decode()

    assert "<bdi>مالي</bdi>، <bdi>النيجر</bdi>، <bdi>FAMa</bdi>، <bdi>JNIM</bdi>" in html


@pytest.mark.django_db
def test_what_the_person_leaves_of_it_is_what_counts(client):
    brief = brief_about_two()

    client.post(ADDRESS, FOUR | {"brief": brief.slug, "actors": ["jnim"]})

    lead = Lead.objects.select_related("enquiry").get()
    assert (lead.enquiry.countries_of_interest, lead.enquiry.actors) == ([], ["jnim"])
    assert lead.countries == []  # taken away by the person, so not taken from the brief again


@pytest.mark.django_db
def test_after_an_error_the_choice_is_the_person_s_not_the_brief_s(client):
    brief = brief_about_two()
    sent = FOUR | {"email": "", "brief": brief.slug, "actors": ["gone", "jnim"]}

    page = Page(client.post(ADDRESS, sent))

    assert page.fields["countries_of_interest"] == []
    assert page.fields["actors"] == ["jnim", "gone"]


@pytest.mark.django_db
@pytest.mark.parametrize("actors", [["no slug"], ["x" * 121], [f"a{n}" for n in range(21)]])
def test_groups_that_can_be_none_are_refused(client, actors):
    response = client.post(ADDRESS, FOUR | {"actors": actors})

    assert response.status_code == 400
    assert Page(response).error("actors") == "Choose groups from the list."
    assert Enquiry.objects.count() == 0


def test_a_request_without_groups_has_the_digest_that_it_had_before_there_were_any():
    content = submission.EnquiryContent(full_name="A", email="a@client.example", needs="B")

    said = (
        '{"brief":"","budget":"","countries_of_interest":[],"country":"","email":"a@client.example","full_name":"A",'
        '"job_title":"","language":"","needs":"B","organisation":"","phone":"","services":[],"timeframe":""}'
    )
    assert content.digest == hashlib.sha256(said.encode()).hexdigest()


# --- Consent


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_consent_is_stored_as_it_was_read(client, language):
    response = client.post(f"{ADDRESS}?language={language}", FOUR)

    lead = Lead.objects.select_related("enquiry").get()
    enquiry = lead.enquiry
    assert response.status_code == 303
    assert enquiry.consent_text == consent.text_in(language)
    assert (enquiry.consent_version, enquiry.consent_language) == (1, language)
    assert lead.language == language


# --- The page that follows


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page_language", "answer", "needs", "spoken"),
    [
        ("en", "fr", "Two convoys to Gao.", "fr"),
        ("en", "", "Nous avons besoin d’une évaluation de la route vers Gao en mars.", "fr"),
        ("ar", "", "Gao", "ar"),
    ],
)
def test_the_status_page_speaks_the_client_s_language(client, page_language, answer, needs, spoken):
    sent = FOUR | {"language": answer, "needs": needs}

    location = client.post(f"{ADDRESS}?language={page_language}", sent)["Location"]

    assert client.get(location)["Content-Language"] == spoken
    assert client.get(location, {"language": "pt"})["Content-Language"] == "pt"


@pytest.mark.django_db
def test_it_says_what_happens_next_and_asks_about_an_address_that_looks_misspelt(client):
    response = client.post(ADDRESS, FOUR | {"email": "aicha@gmial.com"}, follow=True)

    html = response.content.decode()
    assert "What happens next" in html
    assert "Did you mean <bdi>aicha@gmail.com</bdi>?" in html
    assert Enquiry.objects.get().email == "aicha@gmial.com"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a@gmial.com", "a@gmail.com"),
        ("a@gmal.com", "a@gmail.com"),
        ("a@gmaill.com", "a@gmail.com"),
        ("a@GMAIL.con", "a@gmail.com"),
        ("a@hotmial.com", "a@hotmail.com"),
        ("a@yahoo.f", "a@yahoo.fr"),
        ("a@gmail.com", ""),
        ("a@hotmail.fr", ""),
        ("a@company.com", ""),
        ("a@gmx.ch", ""),
        ("a@mail.com", ""),
        ("a@email.com", ""),
        ("a@", ""),
        ("", ""),
    ],
)
def test_one_slip_from_a_common_domain_is_asked_about(typed, meant):
    assert misspelling.likely_address(typed) == meant
