"""Reading the body of a form with files so that the words survive whatever the files are."""

import io
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from intake.attachments import LARGEST_BYTES, MOST_FILES
from intake.file_parts import FormParser

# What reading a form raises when it is more than we take.
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# The button that shows a form which came back in another language, with all that was typed, and sends nothing.
SHOW_IN = "show_in"
# Read to its end, so that the browser gets to see our answer: one that still sends may not.
LARGEST_BODY = 64 * 1024 * 1024
# One less than Django would answer with an error, and lose the words; the rest of the body is read and dropped.
_MOST_READ = 999
_PLAIN = "application/x-www-form-urlencoded"


class _Words(QueryDict):
    """Django's, of a body: without what it and Python's own reading ask of each pair, most of which are plain text."""

    def __init__(
        self, body: str | bytes | None = b"", mutable: bool = False, encoding: str | None = None
    ) -> None:
        MultiValueDict.__init__(self)
        self.encoding = encoding or settings.DEFAULT_CHARSET
        lists: Any = super(MultiValueDict, self)
        for name, value in _pairs(_text(body or "")):
            lists.setdefault(name, []).append(value)
        self._mutable = mutable


def _text(body: str | bytes) -> str:
    """As Django reads a body: some programs send what is no UTF-8."""
    if isinstance(body, str):
        return body
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("iso-8859-1")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names and values, in order, blank ones too; as `urllib.parse.parse_qsl`."""
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if most is not None and text.count("&") >= most:
        raise TooManyFieldsSent
    for pair in text.split("&"):
        if pair:
            name, _, value = pair.replace("+", " ").partition("=")
            yield (unquote(name), unquote(value)) if "%" in pair else (name, value)


class BoundedUploads(FileUploadHandler):
    """Keeps as much of the files as can be right; of others only the name and the size, for the check to refuse."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._started = 0
        self._is_open = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self._started == _MOST_READ:
            raise StopUpload
        self._started += 1
        self._is_open = True
        self._size = 0
        self._kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._started > MOST_FILES or self._size > LARGEST_BYTES:
            self._kept = io.BytesIO()
        else:
            self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self._is_open = False
        self._kept.seek(0)
        return UploadedFile(self._kept, self.file_name, self.content_type, self._size)

    def cut_off(self) -> tuple[str, UploadedFile] | None:
        """The field and the file that was not read to its end, as one that is too large."""
        if not self._is_open:
            return None
        self._size = max(self._size, LARGEST_BYTES + 1)
        return self.field_name or "", self.file_complete(self._size)


def read_form(request: HttpRequest) -> tuple[QueryDict, MultiValueDict[str, UploadedFile]]:
    """The words and files of a request. Of a body over `LARGEST_BODY` what comes before that; files come last.

    Raises RequestDataTooBig when the words alone are too many, or the length is no number.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > 12:
        raise RequestDataTooBig
    if not (request.content_type or "").startswith("multipart/form-data"):
        if int(length) > LARGEST_BODY:
            raise RequestDataTooBig
        if request.content_type == _PLAIN and request.encoding is None:
            return _Words(request.body), MultiValueDict()
        return request.POST, request.FILES
    handler = BoundedUploads(request)
    stream = LimitedStream(cast(io.BytesIO, request), min(int(length), LARGEST_BODY))
    words, files = FormParser(request.META, stream, [handler], request.encoding).parse()
    if last := handler.cut_off():
        files.appendlist(*last)
    return words, files
