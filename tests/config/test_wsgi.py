import pytest
from werkzeug.test import Client

from config.wsgi import application

# A request looks after the connections that earlier tests left open; inside a transaction it leaves them alone.
pytestmark = pytest.mark.django_db

CODECS = [
    "hex",
    "rot13",
    "zlib",
    "undefined",
    "unicode_escape",
    "idna",
    "punycode",
    "utf-16",
    "utf-7",
    "latin-1",
]


@pytest.fixture
def server() -> Client:
    """A client that speaks to the application as a web server does; Django's own skips the request's making."""
    return Client(application)


@pytest.mark.parametrize("codec", CODECS)
def test_an_address_is_read_as_utf_8_whatever_codec_is_named(server, codec):
    headers = {"Content-Type": f"text/html; charset={codec}"}

    response = server.get("/request/?x=1", headers=headers)

    assert response.status_code == 200


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    ("address", "media_type", "body", "name_read"),
    [
        ("/request/", "multipart/form-data; boundary=b", None, 'value="Aïcha \\ud800"'),
        ("/request/", "application/x-www-form-urlencoded", "full_name=A%C3%AFcha", 'value="Aïcha"'),
        ("/api/v1/enquiries/", "application/json", '{"full_name": "Aïcha"}', '"/email"'),
    ],
    ids=["files", "form", "json"],
)
def test_a_body_is_read_as_utf_8_whatever_codec_is_named(
    server, codec, address, media_type, body, name_read
):
    part = 'Content-Disposition: form-data; name="full_name"\r\n\r\nAïcha \\ud800'
    body = body or f"--b\r\n{part}\r\n--b--\r\n"

    response = server.post(
        address, data=body.encode(), headers={"Content-Type": f"{media_type}; charset={codec}"}
    )

    assert response.status_code == 400
    assert name_read in response.get_data(as_text=True)


STARRED = ["charset*=utf-8''%00", "x*=bogus''y", "charset*=1; charset*1*=2", "charset*0*=%00"]


@pytest.mark.parametrize("parameter", STARRED)
@pytest.mark.parametrize("header", ["Content-Type", "Accept"])
def test_parameters_as_mail_has_them_change_nothing(server, header, parameter):
    headers = {"Content-Type": "application/json"} | {header: f"application/json; {parameter}"}

    response = server.post("/api/v1/enquiries/", data=b'{"full_name": "A"}', headers=headers)

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json["errors"]] == [
        "/email",
        "/needs",
        "/consent",
    ]
