"""Files are looked at by a (fake) scanner, and kept from staff while it has not found them clean."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from intake import scanning
from intake.models import Activity, Attachment, AttachmentScan, Lead
from intake.scanning import ScannerUnavailable, Verdict
from jobs import failures
from jobs.models import Job
from tests import factories, racing

FOUR = {"full_name": "A", "email": "a@client.example", "needs": "Gao", "consent": "on"}
EVIL = b"X5O!P%@AP evil"


class Clamd:
    """Takes one stream for each connection, as clamd does, and finds what begins with `EVIL`."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.answer: bytes | None = None
        self.hangs_up = False
        self.port = 0
        self.start()

    def start(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                if (command := stream.read(6)) == b"zPING\0":
                    connection.sendall(b"PONG\0")
                    continue
                assert command + stream.read(4) == b"zINSTREAM\0"
                if self.hangs_up:
                    connection.sendall(self.answer or b"")
                    continue
                body = b""
                while size := struct.unpack("!I", stream.read(4))[0]:
                    assert size <= 64 * 1024
                    body += stream.read(size)
                self.bodies.append(body)
                said = b"stream: Evil.Test FOUND\0" if body.startswith(EVIL) else b"stream: OK\0"
                connection.sendall(said if self.answer is None else self.answer)

    def stop(self) -> None:
        if self._server.fileno() < 0:
            return
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)


@pytest.fixture
def clamd(settings) -> Iterator[Clamd]:
    server = Clamd()
    settings.CLAMD = f"tcp://127.0.0.1:{server.port}"
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def no_silence(monkeypatch) -> None:
    """No test has kept a scanner waiting before."""
    monkeypatch.setattr(scanning, "_silence", scanning._Silence())


def send(client, body: bytes = b"x") -> Attachment:
    """A request with one file, by the form."""
    client.post("/request/", FOUR | {"attachments": SimpleUploadedFile("a.txt", body)})
    return Attachment.objects.get()


def scan(file: Attachment) -> None:
    """Do as the worker does."""
    record = scanning.scan_attachment(attachment_id=file.pk)
    if record:
        record()


def download(client, file: Attachment):
    lead = Lead.objects.get()
    client.force_login(factories.UserFactory(roles=["desk lead"]))
    page = f"/staff/intake/lead/{lead.pk}/change/"
    return client.get(f"/staff/intake/lead/{lead.pk}/attachments/{file.pk}/"), page


# --- The protocol


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, 1_000_000])
def test_every_byte_arrives_in_chunks(clamd, size):
    assert scanning.scan(b"y" * size) == Verdict(True)
    assert clamd.bodies == [b"y" * size]


def test_what_is_found_is_named(clamd):
    assert scanning.scan(EVIL) == Verdict(False, "Evil.Test")


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0", b"INSTREAM size limit exceeded. ERROR\0", b"stream: FOUND\0", b"OK\0", b"z" * 9000],
)  # fmt: skip
def test_no_verdict_is_not_clean(clamd, answer):
    clamd.answer = answer

    with pytest.raises(ScannerUnavailable):
        scanning.scan(b"x")


def test_a_file_over_the_limit_of_the_scanner_says_so(clamd):
    clamd.answer = b"INSTREAM size limit exceeded. ERROR\0"

    with pytest.raises(
        ScannerUnavailable,
        match=r"^The file is larger than the scanner takes: raise StreamMaxLength$",
    ):
        scanning.scan(b"x")


def test_what_is_answered_before_all_was_read_is_no_verdict(clamd):
    clamd.answer, clamd.hangs_up = b"stream: OK\0", True

    with pytest.raises(ScannerUnavailable):
        scanning.scan(b"x" * 10_000_000)


def test_without_a_server_it_is_not_clean(clamd):
    clamd.stop()

    with pytest.raises(ScannerUnavailable):
        scanning.scan(b"x")


def test_a_frozen_scanner_keeps_a_worker_waiting_once_a_minute(settings, monkeypatch):
    monkeypatch.setattr(scanning, "_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        settings.CLAMD = f"tcp://127.0.0.1:{frozen.getsockname()[1]}"
        said = [why_unavailable() for _ in range(3)]
        scanning._silence.until -= 60
        said.append(why_unavailable())

    silent, spared = "does not answer: TimeoutError", "did not answer a moment ago"
    assert said == [f"The scanner {how}" for how in (silent, spared, spared, silent)]


def test_a_scanner_that_is_away_is_asked_each_time(clamd):
    clamd.stop()
    why_unavailable()
    clamd.start()

    assert scanning.scan(b"x") == Verdict(True)


def why_unavailable() -> str:
    with pytest.raises(ScannerUnavailable) as caught:
        scanning.scan(b"x")
    return str(caught.value)


def test_a_socket_in_the_file_system_that_is_missing_is_no_verdict(settings, tmp_path):
    settings.CLAMD = f"unix://{tmp_path}/clamd.ctl"

    with pytest.raises(ScannerUnavailable, match="FileNotFoundError"):
        scanning.scan(b"x")


# --- Files of clients


@pytest.mark.django_db
def test_without_a_scanner_nothing_is_asked_for_and_files_are_served(client):
    file = send(client)

    assert not Job.objects.filter(kind="intake.scan_attachment").exists()
    assert download(client, file)[0].status_code == 200


@pytest.mark.django_db
def test_a_file_waits_for_its_scan_and_is_served_when_it_is_clean(client, clamd):
    file = send(client)
    assert Job.objects.get(kind="intake.scan_attachment").subject_id == file.pk
    waiting, page = download(client, file)
    assert waiting["Location"] == page
    assert "It has not been scanned yet." in client.get(page).content.decode()

    scan(file)

    assert download(client, file)[0]["Content-Disposition"] == 'attachment; filename="a.txt"'


@pytest.mark.django_db
def test_an_infected_file_is_kept_away_for_good_and_said(client, clamd, settings):
    file = send(client, EVIL)

    scan(file)
    settings.CLAMD = ""

    refused, page = download(client, file)
    assert refused["Location"] == page
    assert EVIL not in refused.content
    html = client.get(page).content.decode()
    assert "held back: Evil.Test" in html
    assert f"/attachments/{file.pk}/" not in html
    assert [a.kind for a in Activity.objects.all()] == ["file_held_back"]


@pytest.mark.django_db
def test_a_second_scan_changes_nothing(client, clamd):
    file = send(client, EVIL)

    scan(file)
    scan(file)
    scanning.record_verdict(attachment_id=file.pk, verdict=Verdict(True))

    assert AttachmentScan.objects.get().signature == "Evil.Test"
    assert (len(clamd.bodies), Activity.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_verdicts_at_once_are_one(client, clamd):
    file = send(client, EVIL)
    verdict = Verdict(False, "Evil.Test")

    racing.race(*[lambda: scanning.record_verdict(attachment_id=file.pk, verdict=verdict)] * 2)

    assert (AttachmentScan.objects.count(), Activity.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_without_an_answer_the_file_stays_held_back(client, clamd):
    file = send(client)
    clamd.answer = b"ERROR\0"

    with pytest.raises(ScannerUnavailable):
        scan(file)

    assert AttachmentScan.objects.count() == 0
    assert download(client, file)[0].status_code == 302


@pytest.mark.django_db
def test_files_from_before_there_was_a_scanner_are_scanned_too(client, settings):
    file = send(client)
    settings.CLAMD = "tcp://127.0.0.1:1"

    scanning.ask_for_unscanned()
    scanning.ask_for_unscanned()

    assert Job.objects.get(kind="intake.scan_attachment").subject_id == file.pk


@pytest.mark.django_db
def test_a_job_that_died_without_a_scanner_runs_again_once_that_answers(client, clamd):
    file = send(client)
    clamd.stop()
    Job.objects.filter(subject_id=file.pk).update(state="dead", attempts=8)

    scanning.ask_for_unscanned()
    job = Job.objects.get(kind="intake.scan_attachment")
    assert (job.state, job.attempts) == ("dead", 8)  # where operators see it

    clamd.start()
    scanning.ask_for_unscanned()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("pending", 0)


@pytest.mark.django_db
def test_a_job_that_found_no_scanner_configured_runs_again_once_there_is_one(client, clamd):
    file = send(client)
    done = Job.objects.filter(kind="intake.scan_attachment", subject_id=file.pk)
    done.update(state="done", attempts=1, done_at=Now())

    scanning.ask_for_unscanned()

    assert done.get().state == "pending"


@pytest.mark.django_db
def test_why_there_was_no_verdict_stands_on_the_job(settings, tmp_path):
    settings.CLAMD = f"unix://{tmp_path}/clamd.ctl"

    with pytest.raises(ScannerUnavailable) as caught:
        scanning.scan(b"x")

    told = failures.describe(caught.value).partition(" at ")[0]
    assert told == (
        "intake.scanning.ScannerUnavailable: The scanner does not answer: FileNotFoundError"
    )


@pytest.mark.django_db
def test_a_verdict_cannot_be_changed(client, clamd):
    scan(send(client, EVIL))

    with pytest.raises(DatabaseError), transaction.atomic():
        AttachmentScan.objects.update(is_clean=True, signature="")
