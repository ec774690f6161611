"""No part of a form is dropped, wherever the network cut the body into pieces."""

import io

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParserError

from intake.file_parts import FormParser

MARK = b"----mark"
NAMED = "été.txt".encode("cp1252")
TRAPS = b'\r\n\r\n--\r\n----mar\r\n-----mark\r\nfilename="' + NAMED  # none of them is a header
BODY = (
    b'------mark\r\nContent-Disposition: form-data; name="needs"\r\n\r\nGao\r\n'
    b'------mark\r\nContent-Disposition: form-data; name="a"; filename="' + NAMED + b'"\r\n'
    b"Content-Type: text/plain\r\n\r\n" + TRAPS + b"\r\n------mark--\r\n"
)


class _Pieces(io.BytesIO):
    """Gives at most so many bytes at a time, as a network does."""

    def __init__(self, body: bytes, size: int) -> None:
        super().__init__(body)
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._size)


def parsed(body: bytes, size: int) -> tuple[dict, list[tuple[str, bytes]]]:
    """Words and files of a body that comes in pieces of this size."""
    told = {
        "CONTENT_TYPE": "multipart/form-data; boundary=" + MARK.decode(),
        "CONTENT_LENGTH": len(body),
    }
    handler = MemoryFileUploadHandler()
    handler.activated = True
    words, files = FormParser(told, _Pieces(body, size), [handler]).parse()
    return words.dict(), [(f.name, f.read()) for f in files.getlist("a")]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64, 100, 150, 1000])
def test_the_name_of_a_file_is_read_and_its_bytes_stay(size):
    assert parsed(BODY, size) == ({"needs": "Gao"}, [("été.txt", TRAPS)])


def test_a_body_that_is_no_form_ends():
    for body in (b"", b"x", b"------mark", MARK * 9):
        assert parsed(body, 1000) == ({}, [])


def test_headers_without_end_are_refused():
    with pytest.raises(MultiPartParserError):
        parsed(b"------mark\r\n" + b"a" * 40_000, 1000)
