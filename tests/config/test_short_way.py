import re
from urllib.parse import urlencode

import pytest
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections
from werkzeug.test import Client, TestResponse

from config.short_way import PATHS
from config.wsgi import application
from intake import flood
from intake.models import Enquiry
from tests.intake.hostile import BODIES, END, FORMS, MULTIPART, Body, _part
from tests.log_lines import logged

pytestmark = pytest.mark.django_db
# What differs from answer to answer.
OWN = re.compile(rb'/request/[\w-]{43}/|R-\w{5}-\w{5}|name="(?:form_id|made)" value="[^"]*"')
SHORT, LONG = Client(application), Client(application.application)
FORM, API = PATHS
WHY_CUT = "The body did not arrive whole. Nothing was stored. Send it again."


@pytest.fixture(autouse=True)
def one_transaction(settings):
    """WSGI would close the connection in the middle of the test's, at the begin and at the end of each request."""
    settings.THROTTLE = False
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def told(response: TestResponse) -> tuple[int, dict[str, str], bytes]:
    """What an answer says, but for what no two answers share."""
    headers = {name: OWN.sub(b"", value.encode()).decode() for name, value in response.headers}
    del headers["X-Request-ID"]
    return response.status_code, headers, OWN.sub(b"", response.data)


def post(client: Client, path: str, body: Body, **headers: str) -> TestResponse:
    headers = {"Content-Type": body.content_type, **headers}
    return client.post(path + getattr(body, "query", ""), data=body.body, headers=headers)


def newest() -> dict[str, object] | None:
    """What the newest row says, but for what no two rows share."""
    row = Enquiry.objects.order_by("-pk").values().first()
    return row and {
        n: v for n, v in row.items() if n not in ("id", "idempotency_key", "received_at")
    }


@pytest.mark.parametrize(("path", "bodies"), [(FORM, FORMS), (API, BODIES)], ids=["form", "API"])
def test_it_answers_and_stores_what_the_long_way_does(path, bodies):
    for body in bodies:
        short, stored = told(post(SHORT, path, body)), newest()

        assert short == told(post(LONG, path, body)), body.name
        assert newest() == stored, body.name


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "elsewhere.example"},
        {"Host": ""},
        {"Accept": "text/html"},
        {"Authorization": "Bearer nothing"},
        {"Origin": "https://elsewhere.example"},
        {"X-Request-ID": "given-by-a-proxy"},
        {"Content-Length": "-1"},
        {"Content-Length": "99999"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_whatever_its_headers_say(path, headers):
    body = next(one for one in (FORMS if path == FORM else BODIES) if one.status == 400)

    short, long = (post(client, path, body, **headers) for client in (SHORT, LONG))

    assert told(short) == told(long)
    if "X-Request-ID" in headers:
        assert short.headers["X-Request-ID"] == "given-by-a-proxy"


@pytest.mark.parametrize("path", PATHS)
def test_a_flood_is_refused_as_on_the_long_way(path, settings):
    settings.THROTTLE = True
    body = next(one for one in (FORMS if path == FORM else BODIES) if one.status == 400)
    for _ in range(flood.PER_ADDRESS):
        post(SHORT, path, body)

    short, long = (post(client, path, body) for client in (SHORT, LONG))

    assert short.status_code == long.status_code == 429
    assert 0 < int(short.headers["Retry-After"]) <= 60
    assert {*short.headers.keys()} == {*long.headers.keys()}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("away"), 503), (LookupError("a fault of ours"), 500)]
)
def test_whatever_goes_wrong_is_an_answer(path, error, status, monkeypatch, caplog):
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(flood, "wait_for", fail)
    body = (FORMS if path == FORM else BODIES)[0]

    short, long = (post(client, path, body) for client in (SHORT, LONG))

    assert short.status_code == status
    assert told(short) == told(long)
    assert [line["status"] for line in logged(caplog, "derisk.request") if "status" in line] == [
        status
    ] * 2


def test_others_go_the_long_way(monkeypatch):
    monkeypatch.setattr(SHORT.application, "_answer", None)  # whoever comes there fails

    assert SHORT.get(FORM).status_code == 200
    assert SHORT.head(FORM).status_code == 200
    assert SHORT.open(API, method="OPTIONS").status_code == 200
    assert SHORT.post("/embed/request/").status_code == 404
    assert SHORT.post("/request").status_code == LONG.post("/request").status_code


URLENCODED = "application/x-www-form-urlencoded"
_FOUR = {"full_name": "A", "email": "a@client.example", "consent": "true", "needs": "Two convoys."}
AS_FORM = urlencode(_FOUR).encode()
AS_PARTS = b"".join(_part(name, value) for name, value in _FOUR.items()) + END


@pytest.mark.parametrize("client", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize(
    ("path", "media_type", "body"),
    [(API, MULTIPART, AS_PARTS), (FORM, MULTIPART, AS_PARTS), (FORM, URLENCODED, AS_FORM)],
    ids=["api", "files", "form"],
)
def test_a_request_that_was_cut_off_on_its_way_is_not_stored_as_if_it_were_whole(
    client, path, media_type, body
):
    cut, whole_length = body[: body.index(b"convoys") + 3], {"CONTENT_LENGTH": str(len(body))}

    answer = client.post(path, data=cut, content_type=media_type, environ_overrides=whole_length)

    assert answer.status_code == 400
    assert (answer.json or {}).get("detail", WHY_CUT) == WHY_CUT
    assert not Enquiry.objects.exists()
    assert client.post(path, data=body, content_type=media_type).status_code in (201, 303)
    assert Enquiry.objects.get().needs == "Two convoys."
