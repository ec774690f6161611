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
    text_rules.refuse_hidden_characters(name)
    if (file.size or 0) > LARGEST_BYTES:
        raise ValidationError(
            gettext("“%(name)s” is larger than 10 MB. Send a smaller one, or tell us of it."),
            code="too_large",
            params={"name": name},
        )
    if not file.size:
        raise ValidationError(
            gettext("“%(name)s” is empty. Choose the file again."),
            code="empty",
            params={"name": name},
        )
    body = file.read()
    content_type = sniff(name, body)
    if content_type is None:
        raise ValidationError(
            gettext(
                "“%(name)s” is not a PDF, Word or Excel file (docx, xlsx), picture (PNG, JPEG) or plain text."
            ),
            code="type",
            params={"name": name},
        )
    return Upload(name[-LONGEST_NAME:], content_type, hashlib.sha256(body).hexdigest(), body)


def sniff(name: str, body: bytes) -> str | None:
    """The media type when the ending of the name and the bytes agree on one that we take, else None."""
    ending = name.rpartition(".")[2].lower()
    content_type, bears_out = _KINDS.get(ending, ("", None))
    return content_type if bears_out is not None and bears_out(body) else None


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
        has_macros = any(name.endswith("vbaProject.bin") for name in names)
        has_parts = "[Content_Types].xml" in names and any(
            name.startswith(folder) for name in names
        )
        return is_small and has_parts and not has_macros

    return check


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


_OFFICE = "application/vnd.openxmlformats-officedocument."
_KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "pdf": ("application/pdf", _starts(b"%PDF-")),
    "png": ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "docx": (f"{_OFFICE}wordprocessingml.document", _is_office("word/")),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", _is_office("xl/")),
    "txt": ("text/plain", _is_text),
    "csv": ("text/csv", _is_text),
}
