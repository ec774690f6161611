import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake import render_tokens, submission
from intake.models import Attachment, Enquiry, Lead
from tests import factories, racing
from tests.intake.pages import Page
from tests.intake.typed import ADDRESS, ALL, FORM_ID, FOUR, UNTOUCHED, rows

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
