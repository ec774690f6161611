import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from intake.models import Enquiry
from tests.intake.pages import Page
from tests.intake.typed import ADDRESS, ALL, FOUR, UNTOUCHED, as_shown, rows, shown

WRONG = {
    "full_name": ("", "Enter your full name"),
    "email": ("aicha", "Enter an e-mail address with an @, like name@company.com"),
    "needs": ("", "Tell us what you need; a few words are enough"),
    "consent": ("", "Tick the box if you agree; without it we may not keep your request"),
    "organisation": ("x" * 201, "Shorten this to 200 characters or fewer; it has 201 now."),
    "job_title": ("x" * 201, "Shorten this to 200 characters or fewer; it has 201 now."),
    "phone": ("1" * 41, "Shorten this to 40 characters or fewer; it has 41 now."),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRONG)
def test_one_wrong_field_keeps_every_other_as_typed(client, name):
    value, message = WRONG[name]
    sent = {k: v for k, v in (ALL | {name: value}).items() if v}

    response = client.post(ADDRESS, sent)

    assert response.status_code == 400
    assert rows() == (0, 0, 0)
    page = Page(response)
    assert page.title == "Error: Ask for help · Derisk"
    assert page.summary() == {f"id_{name}": message}
    assert page.error(name) == message
    assert f"id_{name}_error" in page.described[name]
    assert shown(response, sent) == as_shown(sent)
    assert '<details class="more" open>' in response.content.decode()


@pytest.mark.django_db
def test_an_empty_form_names_all_four(client):
    response = client.post(ADDRESS, UNTOUCHED)

    page = Page(response)
    four = ["full_name", "email", "needs", "consent"]
    assert page.summary()["id_email"] == "Enter an e-mail address, so that we can answer"
    assert list(page.summary()) == [f"id_{name}" for name in four]
    assert [page.error(name) for name in four] == list(page.summary().values())
    assert "There is a problem" in response.content.decode()
    assert len(page.ids) == len(set(page.ids))
    assert '<details class="more">' in response.content.decode()


@pytest.mark.django_db
def test_words_that_stand_at_two_fields_say_at_which(client):
    sent = FOUR | {"email": "", "organisation": "a\nb", "job_title": "a\nb"}

    page = Page(client.post(ADDRESS, sent))

    assert page.error("organisation") == page.error("job_title") == "Write this on one line."
    assert page.summary() == {
        "id_email": "Enter an e-mail address, so that we can answer",
        "id_organisation": "Organisation – Write this on one line.",
        "id_job_title": "Job title – Write this on one line.",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value",
    [
        *("é@client.example", f"a@{'x' * 64}.example", "a@b\x00.example", "a@client"),
        *("Aïcha <a@client.example>", "a@client.example;", "mailto:a@client.example"),
    ],
)
def test_an_address_with_an_at_is_not_told_that_it_needs_one(client, value):
    page = Page(client.post(ADDRESS, FOUR | {"email": value}))

    assert "with an @" not in page.error("email")
    assert "Enter an e-mail address that can receive mail" in page.error("email")


@pytest.mark.django_db
@pytest.mark.parametrize("blank", [" ", "\r\n\r\n", "\t \u2003"])
def test_blanks_are_no_needs(client, blank):
    response = client.post(ADDRESS, FOUR | {"needs": blank})

    assert response.status_code == 400
    assert Page(response).error("needs") == "Tell us what you need; a few words are enough"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [("timeframe", "never"), ("budget", "x"), ("country", "XX"), ("country", "fr"), ("language", "sw")],
)  # fmt: skip
def test_unknown_choices_are_refused(client, name, value):
    response = client.post(ADDRESS, FOUR | {name: value})

    assert response.status_code == 400
    assert Page(response).error(name) == "Choose one from the list."
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("services", ["route-assessment", "x"], "Choose services from the list."),
        ("countries_of_interest", ["ML", "FR"], "Choose countries from the list."),
    ],
)
def test_one_unknown_choice_of_several_is_refused_and_the_known_one_stays(
    client, name, value, message
):
    response = client.post(ADDRESS, FOUR | {name: value})

    page = Page(response)
    assert (response.status_code, page.error(name)) == (400, message)
    assert page.fields[name] == value[:1]
    assert page.summary() == {f"id_{name}_0": message}  # the first box of the group


@pytest.mark.django_db
def test_needs_too_long_are_shown_whole_with_the_count(client):
    needs = "é" * 20_001

    response = client.post(ADDRESS, FOUR | {"needs": needs})

    page = Page(response)
    assert response.status_code == 400
    assert page.error("needs") == "Shorten this to 20000 characters or fewer; it has 20001 now."
    assert page.fields["needs"] == needs


TEXTS = ["full_name", "email", "needs", "organisation", "job_title", "phone"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(("character", "code"), [("\x00", "0000"), ("\u202e", "202E")])
def test_hidden_characters_are_refused_at_their_field(client, name, character, code):
    value = f"a{character}b@client.example"

    response = client.post(ADDRESS, FOUR | {name: value})

    assert response.status_code == 400
    assert f"Take out the hidden character at position 2 (U+{code})." in Page(response).error(name)
    assert "Null characters" not in response.content.decode()
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in TEXTS if name != "needs"])
@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\u2028"])
def test_line_breaks_are_refused_where_one_line_is_asked(client, name, line_break):
    response = client.post(ADDRESS, FOUR | {name: f"a{line_break}b@client.example"})

    assert response.status_code == 400
    assert "Write this on one line." in Page(response).error(name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [b"full_name=%ED%A0%80&needs=%FF%00", b"%", b"&=&;", b"\xff\xfe", b"=" * 100]
)
def test_bytes_that_are_no_text_are_refused(client, body):
    response = client.post(ADDRESS, body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 400
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=é",
        "text/plain",
        "application/json",
        "",
    ],
)
def test_a_body_that_is_no_form_is_refused(client, content_type):
    response = client.generic("POST", ADDRESS, b"--b\r\n\r\nx", content_type=content_type)

    assert response.status_code == 400
    assert rows() == (0, 0, 0)


HOSTILE = (
    """"><script>alert(1)</script>{{ 7|add:1 }}{% now %}'; DROP TABLE intake_lead;-- """
    """\\u0000 &amp; =cmd|' /C calc'!A0"""
)


@pytest.mark.django_db
def test_hostile_text_is_stored_as_sent_and_shown_as_text(client):
    sent = FOUR | {
        "full_name": HOSTILE,
        "organisation": HOSTILE,
        "needs": HOSTILE,
        "phone": "x" * 41,
    }

    refused = client.post(ADDRESS, sent)
    stored = client.post(ADDRESS, sent | {"phone": ""}, follow=True)

    assert shown(refused, sent) == as_shown(sent)
    enquiry = Enquiry.objects.get()
    assert (enquiry.full_name, enquiry.organisation, enquiry.needs) == (HOSTILE,) * 3
    for response in (refused, stored):
        assert "<script>alert" not in response.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:1 }}" in stored.content.decode()


@pytest.mark.django_db
def test_files_that_are_refused_keep_the_text_and_open_the_folded_part(client):
    bad = SimpleUploadedFile("virus.exe", b"MZ")

    response = client.post(
        ADDRESS, FOUR | {"attachments": [bad, SimpleUploadedFile("a.pdf", b"no")]}
    )

    page = Page(response)
    assert response.status_code == 400
    assert "“virus.exe” is not a PDF" in page.error("attachments")
    assert "“a.pdf” is not a PDF" in page.error("attachments")
    assert shown(response, FOUR) == as_shown(FOUR)
    assert '<details class="more" open>' in response.content.decode()
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.django_db
def test_each_hint_is_tied_to_its_field(client):
    page = Page(client.get(ADDRESS))

    hinted = {name: ids for name, ids in page.described.items() if ids}
    assert set(hinted) == {"email", "needs", "phone", "attachments"}
    assert all(i in page.ids for ids in hinted.values() for i in ids)


@pytest.mark.django_db
def test_bytes_that_are_no_text_are_refused_and_not_stored_as_something_else(client):
    body = "full_name=%ff%fe&email=a%40client.example&needs=%e9t%e9&consent=on"

    response = client.post("/request/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 400
    wrong = [name for name in Page(response).ids if name.endswith("_error")]
    assert wrong == ["id_full_name_error", "id_needs_error"]
    assert Enquiry.objects.count() == 0
