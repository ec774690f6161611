"""Files that come with a request: few, not large, and of a kind that their bytes bear out."""

import codecs
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from accounts import text_rules

MOST_FILES = 3
LARGEST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 200  # letters; of a longer one the end is kept
# A zip bomb is small when packed: limits on what an Office file may hold.
_MOST_MEMBERS = 500
_MEMBER = b"PK\x01\x02"
_LARGEST_UNPACKED = 100 * 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A checked file. The type is what the bytes say, never what the sender says."""

    name: str
    content_type: str
    sha256: str
    body: bytes = field(repr=False)


def check_uploads(files: Sequence[UploadedFile]) -> tuple[Upload, ...]:
    """Read and check files; raises ValidationError with one message for each thing that is wrong."""
    if len(files) > MOST_FILES:
        raise ValidationError(
            gettext("Send at most %(most)d files; you chose %(chosen)d."),
            code="too_many",
            params={"most": MOST_FILES, "chosen": len(files)},
        )
    uploads, problems = [], []
    for file in files:
        try:
            uploads.append(_check(file))
        except ValidationError as error:
            problems.append(error)
    if problems:
        raise ValidationError(problems)
    return tuple(uploads)


def _check(file: UploadedFile) -> Upload:
    name = file.name or "file"
    _refuse_hidden(name)
    if (file.size or 0) > LARGEST_BYTES:
        message = gettext("“%(name)s” is larger than 10 MB. Send a smaller one, or tell us of it.")
        raise _refusal(name, message, "too_large")
    if not file.size:
        raise _refusal(name, gettext("“%(name)s” is empty. Choose the file again."), "empty")
    body = file.read()
    content_type = sniff(name, body)
    if content_type is None:
        raise _other_type(name, body)
    return Upload(name[-LONGEST_NAME:], content_type, hashlib.sha256(body).hexdigest(), body)


def _refuse_hidden(name: str) -> None:
    try:
        text_rules.refuse_hidden_characters(name)
        text_rules.refuse_line_breaks(name)
    except ValidationError as error:
        message = gettext(
            "The name of “%(name)s” holds a character that cannot be seen. Give the file "
            "another name and choose it again."
        )
        raise _refusal(name, message, str(error.code)) from error


def _other_type(name: str, body: bytes) -> ValidationError:
    if _ending_of(name) in _OF_OFFICE and _has_macros(body):
        message = gettext("“%(name)s” holds macros. Save it without them, or as a PDF.")
        return _refusal(name, message, "macros")
    message = gettext(
        "“%(name)s” is not a PDF, Word or Excel file, picture (PNG, JPEG, GIF, TIFF, WebP, HEIC) or plain text, "
        "or it is damaged."
    )
    return _refusal(name, message, "type")


def _refusal(name: str, message: str, code: str) -> ValidationError:
    return ValidationError(message, code=code, params={"name": shown_name(name)})


def shown_name(name: str) -> str:
    """The name of a file as a message tells it: what cannot be seen could make it read as another."""
    return text_rules.plain(name, LONGEST_NAME)


def sniff(name: str, body: bytes) -> str | None:
    """The media type when the ending of the name and the bytes agree on one that we take, else None."""
    content_type, bears_out = _KINDS.get(_ending_of(name), ("", None))
    return content_type if bears_out is not None and bears_out(body) else None


def _ending_of(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda body: body.startswith(signatures)


def _is_office(folder: str) -> Callable[[bytes], bool]:
    def check(body: bytes) -> bool:
        # Ten megabytes can list 200,000 members; reading that list takes seconds.
        if body.count(_MEMBER) > 2 * _MOST_MEMBERS:
            return False
        try:
            members = zipfile.ZipFile(io.BytesIO(body)).infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            return False
        names = {member.filename for member in members}
        is_small = (
            len(members) <= _MOST_MEMBERS and sum(m.file_size for m in members) <= _LARGEST_UNPACKED
        )
        has_macros = any(name.endswith(_MACROS) for name in names)
        has_parts = "[Content_Types].xml" in names and any(
            name.startswith(folder) for name in names
        )
        return is_small and has_parts and not has_macros

    return check


def _is_old_office(*streams: str) -> Callable[[bytes], bool]:
    """A compound file ([MS-CFB]) with one of these streams; the names stand in its directory as UTF-16."""
    wanted = [stream.encode("utf-16-le") for stream in streams]

    def check(body: bytes) -> bool:
        is_it = body.startswith(_COMPOUND) and any(stream in body for stream in wanted)
        return is_it and not _has_macros(body)

    return check


def _has_macros(body: bytes) -> bool:
    return any(mark in body for mark in _OF_MACROS)


def _is_webp(body: bytes) -> bool:
    return body[:4] == b"RIFF" and body[8:12] == b"WEBP"


def _is_heic(body: bytes) -> bool:
    """What telephones make: an ISO media file of one of these brands."""
    return body[4:8] == b"ftyp" and body[8:12] in _BRANDS_OF_HEIC


def _is_text(body: bytes) -> bool:
    """UTF-8, or what Excel and older programs on Windows write: UTF-16 with its mark, or one byte a letter."""
    encoding = "utf-16" if body.startswith(_MARKS_OF_UTF16) else "utf-8"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        return encoding == "utf-8" and not _IN_NO_TEXT.search(body)
    return bool(text) and "\x00" not in text


_MARKS_OF_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What browsers take for a sign of no text: https://mimesniff.spec.whatwg.org/#binary-data-byte
_IN_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OF_TIFF = (b"II*\x00", b"MM\x00*")  # what scanners make; by the order of bytes
_BRANDS_OF_HEIC = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_MACROS = "vbaProject.bin"
_OF_MACROS = (_MACROS.encode(), "_VBA_PROJECT".encode("utf-16-le"))
_OF_OFFICE = {"doc", "xls", "docx", "xlsx", "docm", "xlsm"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "pdf": ("application/pdf", _starts(b"%PDF-")),
    "png": ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "gif": ("image/gif", _starts(b"GIF87a", b"GIF89a")),
    "tif": ("image/tiff", _starts(*_OF_TIFF)),
    "tiff": ("image/tiff", _starts(*_OF_TIFF)),
    "webp": ("image/webp", _is_webp),
    "heic": ("image/heic", _is_heic),
    "heif": ("image/heif", _is_heic),
    "docx": (f"{_OFFICE}wordprocessingml.document", _is_office("word/")),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", _is_office("xl/")),
    "doc": ("application/msword", _is_old_office("WordDocument")),
    "xls": ("application/vnd.ms-excel", _is_old_office("Workbook", "Book")),
    "txt": ("text/plain", _is_text),
    "csv": ("text/csv", _is_text),
}
