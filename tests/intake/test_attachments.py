import hashlib
import io
import zipfile
from collections.abc import Iterable

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from intake import attachments
from intake.attachments import Upload

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def office(*names: str, body: bytes = b"x") -> bytes:
    """A zip file that holds these members and the one that every Office file has."""
    return packed(["[Content_Types].xml", *names], body)


def packed(names: Iterable[str], body: bytes = b"x") -> bytes:
    """A zip file that holds these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, body)
    return out.getvalue()


def compound(*streams: str) -> bytes:
    """What older versions of Office wrote, with these streams in its directory."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"".join(s.encode("utf-16-le") for s in streams)


def check(*files: tuple[str, bytes]) -> tuple[Upload, ...]:
    """Check files as they are uploaded, each called what a liar would call it."""
    return attachments.check_uploads(
        [SimpleUploadedFile(name, body, "text/html") for name, body in files]
    )


def refusal(*files: tuple[str, bytes]) -> list[tuple[str, str]]:
    """Code and message of everything that is wrong."""
    with pytest.raises(ValidationError) as refused:
        check(*files)
    return [(str(error.code), error.messages[0]) for error in refused.value.error_list]


@pytest.mark.parametrize(
    ("name", "body", "content_type"),
    [
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("A.PDF", b"%PDF-", "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.jpeg", b"\xff\xd8\xff\xe1", "image/jpeg"),
        ("a.gif", b"GIF87a", "image/gif"),
        ("a.gif", b"GIF89a", "image/gif"),
        ("a.tif", b"II*\0", "image/tiff"),
        ("a.tiff", b"MM\0*", "image/tiff"),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic", "image/heic"),
        ("a.heif", b"\0\0\0\x18ftypmif1", "image/heif"),
        ("a.doc", compound("Root Entry", "WordDocument"), "application/msword"),
        ("a.xls", compound("Workbook"), "application/vnd.ms-excel"),
        ("a.xls", compound("Book"), "application/vnd.ms-excel"),
        ("a.docx", office("word/document.xml"), WORD),
        ("a.xlsx", office("xl/workbook.xml"), SHEET),
        ("a.txt", "Gao, نعم".encode(), "text/plain"),
        ("a.csv", b"a;b\n", "text/csv"),
        ("a.csv", "Société;Côte d’Ivoire\r\n".encode("cp1252"), "text/csv"),
        ("a.txt", "نعم".encode("cp1256"), "text/plain"),
        ("a.txt", "Gao, نعم".encode("utf-16"), "text/plain"),
        ("réseau (final).v2.txt", b"x", "text/plain"),
    ],
)
def test_the_type_is_what_the_bytes_say(name, body, content_type):
    assert check((name, body)) == (
        Upload(name, content_type, hashlib.sha256(body).hexdigest(), body),
    )


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.pdf", b"<html>"),
        ("a.pdf", b" %PDF-1.7"),
        ("a.png", b"\xff\xd8\xff"),
        ("a.txt", b"\xff\xfe"),
        ("a.txt", b"a\x00b"),
        ("a.txt", b"\xe9\x00b"),
        ("a.txt", b"\x89PNG\r\n\x1a\n"),
        ("a.txt", b"\xff\xfea"),
        ("a.csv", "a\x00b".encode("utf-16")),
        ("a.html", b"<p>"),
        ("a.svg", b"<svg/>"),
        ("a.exe", b"MZ"),
        ("a.docm", office("word/document.xml")),
        ("a.docx", b"PK\x03\x04"),
        ("a.docx", b"not a zip"),
        ("a.docx", packed(["word/document.xml"])),
        ("a.docx", office("xl/workbook.xml")),
        ("a.gif", b"GIF90a"),
        ("a.tif", b"II\0*"),
        ("a.webp", b"RIFF\x10\0\0\0WAVEfmt "),
        ("a.heic", b"\0\0\0\x18ftypisom"),
        ("a.doc", compound("Workbook")),
        ("a.doc", b"WordDocument"),
        ("a.xls", compound("WordDocument")),
        ("a.msi", compound("WordDocument")),
        ("a.xlsx", office("word/document.xml")),
        ("a.xlsx", office("xl/workbook.xml")[:-30]),
        ("a.docx", office(*[f"word/{n}" for n in range(500)])),
        ("a.pdf.exe", b"%PDF-"),
        ("a.", b"x"),
    ],
)
def test_a_file_whose_bytes_do_not_bear_out_its_name_is_refused(name, body):
    message = (
        f"“{name}” is not a PDF, Word or Excel file, picture (PNG, JPEG, GIF, TIFF, WebP, HEIC) or plain text,"
        " or it is damaged."
    )

    assert refusal((name, body)) == [("type", message)]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("a.docm", office("word/document.xml", "word/vbaProject.bin")),
        ("a.xlsm", office("xl/workbook.xml", "xl/vbaProject.bin")),
        ("a.doc", compound("WordDocument", "_VBA_PROJECT")),
        ("a.xls", compound("Workbook", "_VBA_PROJECT_CUR")),
    ],
)
def test_a_file_with_macros_is_refused_and_says_what_to_do(name, body):
    message = f"“{name}” holds macros. Save it without them, or as a PDF."

    assert refusal((name, body)) == [("macros", message)]


def test_a_zip_bomb_is_refused_unopened():
    bomb = office("word/document.xml", body=b"\0" * (101 * 1024 * 1024 // 2))

    assert len(bomb) < 300_000
    assert refusal(("a.docx", bomb))[0][0] == "type"


def test_a_list_of_members_that_would_take_seconds_to_read_is_not_read(monkeypatch):
    body = office("word/document.xml") + b"PK\x01\x02" * 2000
    monkeypatch.setattr(zipfile, "ZipFile", None)

    assert attachments.sniff("a.docx", body) is None


def test_an_empty_file_is_refused():
    assert refusal(("a.txt", b"")) == [("empty", "“a.txt” is empty. Choose the file again.")]


def test_a_file_that_is_too_large_is_refused_and_not_read():
    class Large(SimpleUploadedFile):
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("read")

    file = Large("a.pdf", b"%PDF-")
    file.size = 10 * 1024 * 1024 + 1

    with pytest.raises(ValidationError, match=r"“a\.pdf” is larger than 10 MB"):
        attachments.check_uploads([file])


def test_ten_megabytes_are_not_too_large():
    body = b"%PDF-" + b"x" * (10 * 1024 * 1024 - 5)

    assert check(("a.pdf", body))[0].body == body


def test_four_files_are_too_many():
    assert refusal(*[(f"{n}.txt", b"x") for n in range(4)]) == [
        ("too_many", "Send at most 3 files; you chose 4.")
    ]


def test_everything_that_is_wrong_is_named_at_once():
    wrong = refusal(("a.exe", b"MZ"), ("b.txt", b"x"), ("c.txt", b""))

    assert [code for code, _ in wrong] == ["type", "empty"]


def test_no_file_is_no_upload():
    assert attachments.check_uploads([]) == ()


def test_a_long_name_keeps_its_end():
    name = "x" * 240 + ".txt"

    (upload,) = check((name, b"x"))

    assert upload.name == name[-200:]


def test_the_body_is_not_in_what_is_printed_of_an_upload():
    assert "secret" not in repr(check(("a.txt", b"secret"))[0])


@given(
    st.sampled_from(["a.pdf", "a.docx", "a.xlsx", "a.png", "a.txt", "a"]),
    st.binary(max_size=200)
    | st.binary(max_size=60).map(lambda tail: office("word/a")[:-22] + tail),
)
def test_no_bytes_are_a_fault(name, body):
    assert attachments.sniff(name, body) in {
        None,
        *(kind for kind, _ in attachments._KINDS.values()),
    }


@given(st.data())
def test_no_damage_to_an_office_file_is_a_fault(data):
    body = bytearray(office("word/document.xml", "word/styles.xml"))
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))

    assert attachments.sniff("a.docx", bytes(body)) in (None, WORD)


@pytest.mark.parametrize(
    ("name", "shown", "code"),
    [
        ("plan\u202efdp.txt", "planfdp.txt", "hidden_characters"),
        ("a\x00.txt", "a.txt", "hidden_characters"),
        ("a\u2028b.txt", "ab.txt", "line_break"),
        ("caf\ufffd.txt", "caf\ufffd.txt", "damaged"),
    ],
)
def test_a_name_that_hides_something_is_refused_and_shown_without_it(name, shown, code):
    message = (
        f"The name of “{shown}” holds a character that cannot be seen. "
        "Give the file another name and choose it again."
    )

    assert refusal((name, b"x")) == [(code, message)]


def test_no_message_shows_what_cannot_be_seen_in_a_name():
    assert refusal(("a\u200f\ue000.exe", b"MZ"))[0][1].startswith("“a.exe” is not a PDF")
