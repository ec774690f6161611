import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from intake import flood
from intake.models import Attachment
from tests import factories
from tests.intake import breaking
from tests.intake.pages import Page
from tests.intake.typed import ADDRESS, ALL, FOUR, as_shown, rows, shown

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
