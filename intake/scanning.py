"""Having files looked at by ClamAV before staff may download them, where its daemon is configured.

The protocol is INSTREAM of clamd(8): the command, the body in chunks that each begin with their length, a length of
zero, and one line of answer.
"""

import re
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from intake.models import Activity, Attachment, AttachmentScan
from jobs import kinds, queue, retrying

_CHUNK = 64 * 1024
_SECONDS = 15  # less than a job may take
_PAUSE = 60  # seconds after so long a silence
_ANSWER = re.compile(rb"stream: (?:(OK)|(.+) FOUND)\0?\n?")
_LIMIT = b"INSTREAM size limit exceeded"
_TOO_LARGE = "The file is larger than the scanner takes: raise StreamMaxLength"
_NO_VERDICT = "The scanner gave no verdict"
_AT_ONCE = 500


class ScannerUnavailable(kinds.JobError):
    """The scanner did not answer, or not with a verdict: the file is to be scanned later."""


@dataclass(frozen=True)
class Verdict:
    """Clean, or what was found."""

    is_clean: bool
    signature: str = ""


def scan(body: bytes) -> Verdict:
    """What clamd at settings.CLAMD says of these bytes; raises ScannerUnavailable."""
    with _line() as connection:
        is_whole = _send(connection, body)
        answer = _read_line(connection)
    found = _ANSWER.fullmatch(answer) if is_whole else None
    if not found:
        raise ScannerUnavailable(_TOO_LARGE if answer.startswith(_LIMIT) else _NO_VERDICT)
    return Verdict(bool(found[1]), (found[2] or b"").decode("ascii", "replace")[:200])


def answers() -> bool:
    """Whether clamd is there and answers at all."""
    try:
        with _line() as connection:
            connection.sendall(b"zPING\0")
            return _read_line(connection).startswith(b"PONG")
    except ScannerUnavailable:
        return False


class _Silence:
    """Until when a scanner that kept us waiting is not asked again: else a frozen one, with a few files for it, keeps
    all workers from every other work.
    """

    until = 0.0


_silence = _Silence()


@contextmanager
def _line() -> Iterator[socket.socket]:
    """A connection to clamd; raises ScannerUnavailable where it cannot be had, breaks or is silent for too long."""
    if time.monotonic() < _silence.until:
        raise ScannerUnavailable("The scanner did not answer a moment ago")
    try:
        with _connected() as connection:
            yield connection
    except OSError as error:
        if isinstance(error, TimeoutError):
            _silence.until = time.monotonic() + _PAUSE
        raise ScannerUnavailable(f"The scanner does not answer: {type(error).__name__}") from error


def _send(connection: socket.socket, body: bytes) -> bool:
    """Whether all of it was taken: clamd says why before it hangs up in the middle."""
    try:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(body), _CHUNK):
            chunk = body[start : start + _CHUNK]
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _connected() -> socket.socket:
    address = urlsplit(settings.CLAMD)
    if address.scheme == "tcp":
        where = (address.hostname or "localhost", address.port or 3310)
        return socket.create_connection(where, timeout=_SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_SECONDS)
    try:
        connection.connect(address.path)
    except OSError:
        connection.close()
        raise
    return connection


def _read_line(connection: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith((b"\0", b"\n")) and len(answer) < 4096:
        part = connection.recv(1024)
        if not part:
            break
        answer += part
    return answer


def ask_to_scan(attachments: Iterable[Attachment]) -> None:
    """Ask for a scan of each, where there is a scanner. Call it inside the transaction that stores them."""
    if settings.CLAMD:
        queue.enqueue(
            *(
                queue.Ask(
                    kind="intake.scan_attachment",
                    subject_id=file.pk,
                    key=f"attachment:{file.pk}",
                )
                for file in attachments
            )
        )


def ask_for_unscanned() -> None:
    """Ask for what has no verdict: files from before there was a scanner, and, once it answers, those whose jobs ended
    while it did not or was not configured. Until then the dead ones lie where operators see them.
    """
    waiting = Attachment.objects.filter(scan=None).only("pk").order_by("pk")
    with transaction.atomic():
        ask_to_scan(waiting[:_AT_ONCE])
    if settings.CLAMD and answers():
        retrying.revive(kind="intake.scan_attachment", subject_ids=waiting.values("pk"))


def scan_attachment(*, attachment_id: int) -> Callable[[], None] | None:
    """Scan a file, outside any transaction; what is returned records the verdict. None when there is one already,
    or the file was erased."""
    file = Attachment.objects.filter(pk=attachment_id).first()
    if (
        file is None
        or not settings.CLAMD
        or AttachmentScan.objects.filter(attachment=file).exists()
    ):
        return None
    verdict = scan(bytes(file.body))
    return lambda: record_verdict(attachment_id=attachment_id, verdict=verdict)


@transaction.atomic
def record_verdict(*, attachment_id: int, verdict: Verdict) -> None:
    """Keep the first verdict on a file; an infected one goes onto the lead's timeline."""
    file = Attachment.objects.select_related("enquiry__lead").filter(pk=attachment_id).first()
    if file is None:  # erased in the meantime
        return
    _, is_new = AttachmentScan.objects.get_or_create(attachment=file, defaults=vars(verdict))
    if is_new and not verdict.is_clean:
        Activity.objects.create(
            lead=file.enquiry.lead,
            kind=Activity.Kind.FILE_HELD_BACK,
            text=f"The scanner found {verdict.signature}. Ask the client for another copy.",
        )


def why_held_back(file: Attachment) -> str:
    """Why staff may not download a file; empty when they may. An infected one stays held back for good."""
    verdict = AttachmentScan.objects.filter(attachment=file).first()
    if verdict is None:
        return "It has not been scanned yet. Try again in a minute." if settings.CLAMD else ""
    return "" if verdict.is_clean else f"The scanner found {verdict.signature} in it."
