"""Forms with files, read so that no file is dropped in silence.

Django's parser passes over a part whose headers are not UTF-8, as some programs write names of files, and over a file
called “..”; a name of a kilobyte makes it give up. Each would be a file lost while its sender is thanked.
"""

import html
import re
from typing import Any, Protocol

from django.http.multipartparser import MultiPartParser

from intake.attachments import LONGEST_NAME

_NAME = re.compile(r'(?<=filename=")(?:[^"\\]|\\.)*')
_END = b"\r\n\r\n"
_LONGEST_HEADERS = 16 * 1024


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class FormParser(MultiPartParser):
    """Django's, for bodies from all kinds of programs."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        found: Any = self  # what Django keeps of it is not in its stubs
        found._input_data = _PlainHeaders(found._input_data, b"--" + found._boundary)

    def sanitize_file_name(self, file_name: str) -> str:
        """The last part of a path; a file whose name is nothing then is a “file”. Django's would take out what cannot
        be seen: some of it spells a name, and what hides something is for the check to refuse.
        """
        name = html.unescape(file_name).replace("\\", "/").rpartition("/")[2]
        return "file" if name in ("", ".", "..") else name


class _PlainHeaders:
    """A body whose parts have their headers in UTF-8, and names of files no longer than they are kept."""

    def __init__(self, body: _Readable, mark: bytes) -> None:
        self._body, self._mark = body, mark
        self._held = b""
        self._is_over = False

    def read(self, size: int) -> bytes:
        """About this much more of it; nothing when it is over."""
        while not self._is_over:
            new = self._body.read(size)
            self._is_over = not new
            data = self._held + new
            settled = len(data) if self._is_over else self._settled(data)
            self._held = data[settled:]
            if settled:
                first, *parts = data[:settled].split(self._mark)
                return self._mark.join([first, *map(_with_plain_headers, parts)])
        return b""

    def _settled(self, data: bytes) -> int:
        """How much of it holds only whole headers, and no part of a mark at its end."""
        without_mark = max(0, len(data) - len(self._mark))
        begun = data.rfind(self._mark)
        if begun < 0:
            return without_mark
        end = data.find(_END, begun)
        if end < 0:
            return begun if len(data) - begun < _LONGEST_HEADERS else without_mark
        return max(end + len(_END), without_mark)


def _with_plain_headers(part: bytes) -> bytes:
    headers, end, rest = part.partition(_END)
    is_plain = headers.isascii() and len(headers) <= LONGEST_NAME
    if is_plain or not (end and headers.startswith(b"\r\n")):
        return part
    try:
        text = headers.decode()
    except UnicodeDecodeError:
        text = headers.decode("cp1252", errors="replace")  # what Western Windows writes
    return _NAME.sub(_shortened, text).encode() + end + rest


def _shortened(name: re.Match[str]) -> str:
    """The end of a name, as it is kept; not begun amid an escape."""
    return name[0] if len(name[0]) <= LONGEST_NAME else name[0][-LONGEST_NAME:].lstrip('"')
