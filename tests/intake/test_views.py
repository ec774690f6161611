import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import private_links
from briefs.models import Actor
from intake import flood, render_tokens, submission
from intake.models import Attachment, Enquiry, Lead, Status
from jobs.models import Job
from tests import factories, racing
from tests.intake import breaking
from tests.intake.pages import Page

ADDRESS = "/request/"
FORM_ID = "6f3d1f0e-1111-4222-8333-444455556666"
FOUR = {
    "full_name": "Aïcha Example",
    "email": "aicha@client.example",
    "needs": "Two convoys to Gao.",
    "consent": "on",
}
ALL = FOUR | {
    "organisation": "Sahel Logistics Example",
    "job_title": "Head of transport",
    "phone": "+223 20 22 20 22",
    "country": "FR",
    "countries_of_interest": ["ML", "SN"],
    "services": ["route-assessment", "daily-monitoring"],
    "timeframe": "weeks",
    "budget": "5k-20k",
    "language": "fr",
    "brief": "a-brief",
    "form_id": FORM_ID,
}
# What one browser's form says when nothing is chosen.
UNTOUCHED = {
    "country": "", "timeframe": "", "budget": "", "language": "", "services": [], "countries_of_interest": [],
}  # fmt: skip


def rows() -> tuple[int, int, int]:
    """How many enquiries, leads and jobs there are."""
    return Enquiry.objects.count(), Lead.objects.count(), Job.objects.count()


def shown(response, sent) -> dict[str, object]:
    """Of the fields that were sent, what the page shows."""
    fields = Page(response).fields
    return {name: fields[name] for name in sent}


def as_shown(sent: dict) -> dict[str, object]:
    """What a page must show for what was sent."""
    return sent | ({"consent": ["on"]} if sent.get("consent") else {})


# --- The empty form


@pytest.mark.django_db
def test_the_form_opens_empty_and_each_time_with_another_id(client):
    first, second = client.get(ADDRESS), client.get(ADDRESS)

    fields = Page(first).fields
    form_id = fields.pop("form_id")
    assert render_tokens.read(fields.pop("made"), form_id).state == "signed"
    assert first.status_code == 200
    assert uuid.UUID(form_id) != uuid.UUID(Page(second).fields["form_id"])
    typed = dict.fromkeys(["full_name", "email", "needs", "organisation", "job_title", "phone"], "")
    assert fields == typed | UNTOUCHED | {
        "consent": [],
        "brief": "",
        "attachments": "",
        "q7": "",
        "came": "",
    }
    assert Page(first).title == "Ask for help · Derisk"
    assert Page(first).summary() == {}


@pytest.mark.django_db
def test_opened_from_a_brief_it_names_the_brief(client):
    brief = factories.BriefFactory(title="Fuel & trucks")

    page = Page(client.get(ADDRESS, {"brief": brief.slug}))

    assert (brief.get_absolute_url(), "Fuel & trucks") in page.links
    assert page.fields["brief"] == brief.slug


@pytest.mark.django_db
@pytest.mark.parametrize(
    "slug",
    ["nothing", "a-draft", "x" * 5000, "<script>", "\x00", "\u202e", "%ED%A0%80", "'; DROP TABLE", "../.."],
)  # fmt: skip
def test_a_brief_that_is_none_leaves_the_form_as_it_is(client, slug):
    factories.BriefFactory(slug="a-draft", title="Not yet", is_published=False)

    response = client.get(ADDRESS, {"brief": slug})

    assert response.status_code == 200
    assert "About the brief" not in response.content.decode()
    assert "Not yet" not in response.content.decode()


@pytest.mark.django_db
def test_the_form_needs_no_database_statement_without_a_brief_and_one_with(client):
    brief = factories.BriefFactory()

    with CaptureQueriesContext(connection) as without:
        client.get(ADDRESS)
    with CaptureQueriesContext(connection) as with_brief:
        client.get(ADDRESS, {"brief": brief.slug})

    assert (len(without), len(with_brief)) == (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(client, method):
    response = getattr(client, method)(ADDRESS)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"


# --- Sending


@pytest.mark.django_db
def test_four_fields_are_enough_and_lead_to_the_status_page(client):
    response = client.post(ADDRESS, FOUR | UNTOUCHED)

    lead = Lead.objects.select_related("enquiry").get()
    assert response.status_code == 303
    assert response["Location"] == f"/request/{submission.status_token(lead)}/"
    enquiry = lead.enquiry
    assert (enquiry.full_name, enquiry.email) == ("Aïcha Example", "aicha@client.example")
    assert (enquiry.needs, enquiry.language) == ("Two convoys to Gao.", "")
    assert (enquiry.channel, enquiry.idempotency_key) == ("form", None)
    assert rows() == (1, 1, 3)


@pytest.mark.django_db
def test_every_field_arrives(client):
    brief = factories.BriefFactory(slug="a-brief")

    client.post(ADDRESS, ALL)

    enquiry = Enquiry.objects.get()
    names = set(ALL) - {"consent", "brief", "form_id"}
    assert {name: getattr(enquiry, name) for name in names} == {name: ALL[name] for name in names}
    assert enquiry.brief == brief


@pytest.mark.django_db
def test_files_arrive(client):
    upload = SimpleUploadedFile("route.txt", b"Bamako, Gao", "application/x-evil")

    client.post(ADDRESS, FOUR | {"attachments": upload})

    attachment = Attachment.objects.get()
    assert (attachment.name, attachment.content_type) == ("route.txt", "text/plain")
    assert bytes(attachment.body) == b"Bamako, Gao"


@pytest.mark.django_db(transaction=True)
def test_one_statement_stores_everything(client):
    factories.BriefFactory(slug="a-brief")

    with CaptureQueriesContext(connection) as queries:
        response = client.post(ADDRESS, ALL)

    assert response.status_code == 303
    assert [query["sql"].split()[0] for query in queries] == ["WITH"]


@pytest.mark.django_db
def test_line_breaks_are_kept_as_typed_and_count_once(client):
    needs = "\n".join(["x" * 9] * 2000)  # 19,999 characters; a browser sends 21,998

    response = client.post(ADDRESS, FOUR | {"needs": needs.replace("\n", "\r\n")})

    assert response.status_code == 303
    assert Enquiry.objects.get().needs == needs


@pytest.mark.django_db
@pytest.mark.parametrize(
    "extra", [{"services": ["not-sure", "not-sure"]}, {"csrfmiddlewaretoken": "x"}]
)
def test_repeated_choices_and_unknown_fields_do_no_harm(client, extra):
    client.post(ADDRESS, FOUR | extra)

    assert Enquiry.objects.get().services in (["not-sure"], [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form_id", "brief"),
    [("", ""), ("x", "\x00"), ("\x00", "<b>"), ("6f3d1f0e", "y" * 100_000), ("z" * 100_000, "x"),
    ("<script>", "\u202e"), ("\u202e", "a b"), (f"{FORM_ID}{FORM_ID}", "\n")],
)  # fmt: skip
def test_what_a_link_put_into_hidden_fields_refuses_nothing(client, form_id, brief):
    response = client.post(ADDRESS, FOUR | {"form_id": form_id, "brief": brief})

    assert response.status_code == 303
    assert Enquiry.objects.values_list("brief", "idempotency_key").get() == (None, None)


# --- The same form twice


@pytest.mark.django_db
def test_a_double_click_makes_one_request(client):
    first, second = client.post(ADDRESS, ALL), client.post(ADDRESS, ALL)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] == second["Location"]
    assert rows() == (1, 1, 3)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_request():
    first, second = racing.race(*[lambda: Client().post(ADDRESS, ALL)] * 2)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] == second["Location"]
    assert rows() == (1, 1, 3)


@pytest.mark.django_db
def test_edited_and_sent_again_it_is_another_request(client):
    first = client.post(ADDRESS, ALL)
    second = client.post(ADDRESS, ALL | {"needs": "Three convoys."})

    assert first["Location"] != second["Location"]
    assert rows() == (2, 2, 6)


@pytest.mark.django_db
def test_the_same_words_from_another_form_are_another_request(client):
    client.post(ADDRESS, ALL)
    client.post(ADDRESS, ALL | {"form_id": str(uuid.uuid4())})

    assert rows() == (2, 2, 6)


# --- Errors keep what was typed


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


# --- Too much


def fill_up(address: str) -> None:
    """Let as many requests as are allowed come from this address."""
    for _ in range(flood.PER_ADDRESS):
        assert flood.enquiries.wait(address) == 0


@pytest.mark.django_db
def test_more_words_than_are_read_are_a_413_that_says_what_to_do(client):
    response = client.post(ADDRESS, FOUR | {"needs": "x" * 8_100_000})

    assert response.status_code == 413
    assert "more than this form can take" in response.content.decode()
    assert Page(response).title.startswith("Error: ")
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["9" * 5000, "-1", "x", "٣٣٣"])
def test_the_body_is_not_read_when_its_length_is_absurd(client, length):
    response = client.generic("POST", ADDRESS, b"full_name=A", CONTENT_LENGTH=length)

    assert response.status_code in (400, 413)
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_a_megabyte_pasted_by_mistake_comes_back_whole(client):
    sent = FOUR | {"needs": "é" * 500_000, "organisation": "x" * 1_000_000}

    response = client.post(ADDRESS, sent)

    assert response.status_code == 400
    assert Page(response).summary() == {
        "id_needs": "Shorten this to 20000 characters or fewer; it has 500000 now.",
        "id_organisation": "Shorten this to 200 characters or fewer; it has 1000000 now.",
    }
    assert shown(response, sent) == as_shown(sent)


def plain_file(number: int, size: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{number}.txt", b"x" * size)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([(1, 1)] * 6, "Send at most 3 files; you chose 6."),
        ([(1, 1)] * 300, "Send at most 3 files; you chose 300."),
        ([(1, 1)] * 1200, "Send at most 3 files; you chose 999."),
        ([(1, 11 * 2**20)] * 3, "“1.txt” is larger than 10 MB. Send a smaller one, or tell us of it."),
        ([(1, 40 * 2**20)], "“1.txt” is larger than 10 MB. Send a smaller one, or tell us of it."),
        ([(1, 70 * 2**20)], "“1.txt” is larger than 10 MB. Send a smaller one, or tell us of it."),
    ],
    ids=["six", "300", "1200", "33 MB", "40 MB", "70 MB"],
)  # fmt: skip
def test_files_that_are_too_many_or_too_large_cost_no_word(client, files, message):
    brief = factories.BriefFactory(slug="a-brief")
    sent = ALL | {"brief": brief.slug}
    before = rows()

    response = client.post(ADDRESS, sent | {"attachments": [plain_file(*each) for each in files]})

    assert response.status_code == 400
    assert message in Page(response).error("attachments")
    assert shown(response, sent) == as_shown(sent)
    assert rows() == before


@pytest.mark.django_db
def test_three_files_of_ten_megabytes_arrive(client):
    files = [plain_file(n, 10 * 2**20) for n in range(3)]

    response = client.post(ADDRESS, FOUR | {"attachments": files})

    assert response.status_code == 303
    assert [len(a.body) for a in Attachment.objects.all()] == [10 * 2**20] * 3


@pytest.mark.django_db
def test_a_flood_is_refused_openly_with_the_text_kept(client):
    fill_up("127.0.0.1")

    response = client.post(ADDRESS, ALL)

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 61
    assert shown(response, ALL) == as_shown(ALL)
    assert "Too many requests came from your network" in response.content.decode()
    assert Page(response).title.startswith("Error: ")
    assert rows() == (0, 0, 0)


@pytest.mark.django_db
def test_a_flood_from_elsewhere_does_not_count(client):
    fill_up("192.0.2.1")

    response = client.post(ADDRESS, FOUR, REMOTE_ADDR="192.0.2.2", HTTP_X_FORWARDED_FOR="192.0.2.1")

    assert response.status_code == 303


@pytest.mark.django_db
def test_load_tests_may_switch_the_limit_off(client, settings):
    settings.THROTTLE = False

    fill_up("127.0.0.1")

    assert client.post(ADDRESS, {}).status_code == 400


# --- No database


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_text_stays_on_a_503(client):
    with breaking.no_server():
        response = client.post(ADDRESS, ALL)

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert shown(response, ALL) == as_shown(ALL)
    assert "We could not store your request" in response.content.decode()
    assert Page(response).title.startswith("Error: ")
    assert client.post(ADDRESS, ALL).status_code == 303
    assert rows() == (1, 1, 3)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_on_the_way_is_a_503_that_stored_nothing(client):
    with breaking.end_connection_before("WITH"):
        response = client.post(ADDRESS, ALL)

    assert response.status_code == 503
    assert shown(response, ALL) == as_shown(ALL)
    assert rows() == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_without_a_database_errors_are_still_named_and_the_text_stays(client):
    sent = ALL | {"email": "aicha"}

    with breaking.no_server():
        response = client.post(ADDRESS, sent)

    assert response.status_code == 400
    assert shown(response, sent) == as_shown(sent)


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_form_opens(client):
    with breaking.no_server():
        response = client.get(ADDRESS, {"brief": "a-brief"})

    assert response.status_code == 200
    assert Page(response).fields["brief"] == "a-brief"


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_status_page_is_a_503(client):
    with breaking.no_server():
        response = client.get("/request/some-token/")

    assert response.status_code == 503
    assert response["Retry-After"] == "30"


# --- Privacy of the pages


def private_headers(response) -> dict[str, str]:
    """The headers that keep a page private."""
    names = ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")
    return {name: response.headers.get(name) for name in names}


PRIVATE = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


@pytest.mark.django_db
def test_pages_are_private_and_set_no_cookie(client):
    answers = [client.get(ADDRESS), client.post(ADDRESS, {}), client.post(ADDRESS, FOUR)]
    answers.append(client.get(answers[-1]["Location"]))

    assert [answer.status_code for answer in answers] == [200, 400, 303, 200]
    assert [private_headers(answer) for answer in answers] == [PRIVATE] * 4
    assert [dict(answer.cookies) for answer in answers] == [{}] * 4
    # The page of the form, asked or refused, is the large one and goes out compressed to who takes it.
    assert [answer.headers.get("Vary") for answer in answers] == ["Accept-Encoding"] * 2 + [
        None
    ] * 2


@pytest.mark.django_db
def test_nothing_that_the_client_wrote_is_logged(client, caplog):
    words = {"full_name": "Xanthippe", "email": "xanthippe@client.example", "needs": "Zanzibar"}
    with caplog.at_level("DEBUG"):
        location = client.post(ADDRESS, FOUR | words)["Location"]
        client.post(ADDRESS, words)
        client.get(location)

    lines = [
        str(record.msg) for record in caplog.records if not record.name.startswith("django.db")
    ]
    assert any("intake:request" in line for line in lines)
    for secret in (*words.values(), location.split("/")[2]):
        assert not any(secret in line for line in lines)


# --- The status page


@pytest.mark.django_db
def test_the_status_page_shows_what_was_sent(client):
    brief = factories.BriefFactory(title="Fuel & trucks")
    response = client.post(
        ADDRESS,
        FOUR
        | {"needs": "Two convoys.\r\n<b>Soon</b>", "brief": brief.slug}
        | {"attachments": SimpleUploadedFile("a<b>.txt", b"x")},
        follow=True,
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert Lead.objects.get().reference in html
    assert "Two convoys.<br>&lt;b&gt;Soon&lt;/b&gt;" in html
    assert "a&lt;b&gt;.txt" in html
    assert (brief.get_absolute_url(), "Fuel & trucks") in Page(response).links


@pytest.mark.django_db
def test_the_status_page_says_every_answer_in_the_words_of_the_form(client):
    Actor.objects.create(slug="jnim", name="JNIM", kind="armed_group")
    lead = factories.new_lead(
        services=["route-assessment", "gone"], countries_of_interest=["ML", "NE"], actors=["jnim", "lost"],
        timeframe="days", budget="5k-20k", organisation="Example SA", job_title="<Chief>", country="FR", language="ar",
    )  # fmt: skip

    page = client.get(f"/request/{submission.status_token(lead)}/?language=fr").content.decode()

    for label, said in (
        ("Services", "Évaluation d’itinéraires et de déplacements, gone"), ("Pays concernés", "Mali, Niger"),
        ("Groupes concernés", "JNIM, lost"), ("Pour quand\u202f?", "Sous quelques jours"),
        ("Budget", "5\u202f000 à 20\u202f000 EUR"), ("Organisation", "Example SA"), ("Fonction", "&lt;Chief&gt;"),
        ("Où vous êtes", "France"), ("Langue de notre réponse", "العربية"),
    ):  # fmt: skip
        assert f'<dt>{label}</dt><dd dir="auto">{said}</dd>' in page


STAGES = {
    Status.NEW: "We have your request",
    Status.QUARANTINED: "We have your request",
    Status.ROUTED: "An adviser has your request",
    Status.CONTACTED: "An adviser has your request",
    Status.QUALIFIED: "An adviser has your request",
    Status.PROPOSAL: "Your proposal",
    Status.WON: "We work for you",
    Status.LOST: "This request is closed",
    Status.DISQUALIFIED: "This request is closed",
}


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(Status))
def test_each_status_has_its_words_and_names_nobody(client, status):
    lead = factories.lead_of(status=status)

    html = client.get(f"/request/{submission.status_token(lead)}/").content.decode()

    assert f"<h1>{STAGES[status]}</h1>" in html
    assert "quarantine" not in html
    assert lead.owner is None or lead.owner.user.full_name not in html


@pytest.mark.django_db
def test_any_wrong_link_is_the_same_404(client):
    lead = factories.new_lead()
    right = submission.status_token(lead)
    other_purpose = private_links.make_token("proposals.client_page", lead.link_seed)
    wrong = [right[:-1], right + "A", right.swapcase(), lead.reference, lead.link_digest]
    wrong += [str(lead.link_seed), other_purpose, "%00", "%ED%A0%80", "%E2%80%AE", "x" * 5000, "é"]

    answers = [client.get(f"/request/{token}/") for token in wrong]

    assert client.get(f"/request/{right}/").status_code == 200
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.django_db
def test_the_status_page_costs_five_statements_and_takes_no_post(client):
    lead = factories.new_lead()
    address = f"/request/{submission.status_token(lead)}/"

    with CaptureQueriesContext(connection) as queries:
        client.get(address)

    assert len(queries) == 5  # lead, contact, whether mail reaches it, files, additions
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_bytes_that_are_no_text_are_refused_and_not_stored_as_something_else(client):
    body = "full_name=%ff%fe&email=a%40client.example&needs=%e9t%e9&consent=on"

    response = client.post("/request/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 400
    wrong = [name for name in Page(response).ids if name.endswith("_error")]
    assert wrong == ["id_full_name_error", "id_needs_error"]
    assert Enquiry.objects.count() == 0
