import io

import pytest
from werkzeug.test import EnvironBuilder

from config import chunked
from config.wsgi import Utf8Request

BODY = b"full_name=A&needs=Gao"


def environ(body: bytes, **extra: str) -> dict:
    made = EnvironBuilder(path="/request/", method="POST").get_environ()
    made.pop("CONTENT_LENGTH", None)
    made |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "wsgi.input": io.BytesIO(body)}
    return made | extra


@pytest.mark.parametrize("encoding", ["chunked", "Chunked", "gzip, chunked"])
def test_a_body_whose_length_is_not_told_is_read(encoding):
    request = Utf8Request(environ(BODY, HTTP_TRANSFER_ENCODING=encoding))

    assert (request.POST["full_name"], request.POST["needs"]) == ("A", "Gao")
    assert request.META["CONTENT_LENGTH"] == str(len(BODY))
    request.close()
    assert request.environ["wsgi.input"].closed


def test_one_that_is_too_large_is_told_so_and_keeps_its_beginning(monkeypatch):
    monkeypatch.setattr(chunked, "LARGEST", 10)
    monkeypatch.setattr(chunked, "_CHUNK", 4)

    told = chunked.tell_length(environ(BODY * 1000, HTTP_TRANSFER_ENCODING="chunked"))

    assert told["CONTENT_LENGTH"] == str(chunked.TOO_LARGE)
    assert told["wsgi.input"].read() == BODY[:12]
    chunked.forget(told)


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"CONTENT_LENGTH": "3"},
        {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "3"},
        {"SERVER_PROTOCOL": "HTTP/2.0", "REQUEST_METHOD": "GET"},
    ],
)
def test_every_other_request_is_left_as_it_is(extra):
    given = environ(BODY, **extra)

    assert chunked.tell_length(given) is given
    assert given["wsgi.input"].tell() == 0


@pytest.mark.parametrize(
    ("body", "more"), [(b"--b\r\n\r\nGao\r\n--b--\r\n", 0), (b"--b\r\n\r\nGa", 1), (b"", 1)]
)
def test_a_form_with_files_that_has_no_end_is_told_longer_than_it_is(body, more):
    form = {"CONTENT_TYPE": "Multipart/form-data; boundary=b"}

    told = chunked.tell_length(environ(body, HTTP_TRANSFER_ENCODING="chunked", **form))

    assert told["CONTENT_LENGTH"] == str(len(body) + more)
    assert told["wsgi.input"].read() == body
    chunked.forget(told)


def test_a_body_of_http_2_is_read_though_no_length_is_told():
    request = Utf8Request(environ(BODY, SERVER_PROTOCOL="HTTP/2.0"))

    assert request.POST["needs"] == "Gao"
    request.close()
