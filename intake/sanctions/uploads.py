"""Files of lists: what the staff screens send is kept, read by a job, and then only what came of it; what a command
brings is read at once."""

import hashlib
import tempfile
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake.models import SanctionsFile, SanctionsList
from intake.sanctions import loading
from jobs import queue

# The largest of the published files had 50 MB in 2026 (the table of the United Kingdom).
LARGEST_BYTES = 150 * 1024 * 1024
_TOO_SLOW = (
    "Reading the file takes longer than a worker may work at one thing. The list was left as it was. Load the file "
    "with “manage.py load_sanctions”, which takes its time, or send it again when the machine has less to do."
)


@transaction.atomic
def send_file(
    *,
    to: SanctionsList,
    upload: UploadedFile,
    may_shrink: bool,
    by: User,
    older_because: str = "",
) -> SanctionsFile:
    """Keep a file and ask for it to be read. Raises ValidationError (too_large, empty).

    With a reason it is used though it is older than what is loaded; the reason stays with the file.
    """
    if not upload.size:
        raise ValidationError("The file is empty.", code="empty")
    if upload.size > LARGEST_BYTES:
        raise ValidationError(
            f"The file has {upload.size // 2**20} MB; more than {LARGEST_BYTES // 2**20} MB is no list. "
            "Load a larger one with “manage.py load_sanctions”.",
            code="too_large",
        )
    body = upload.read()
    kept = SanctionsFile.objects.create(
        of_list=to,
        name=(upload.name or "file")[:200],
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        may_shrink=may_shrink,
        older_because=older_because.strip(),
        sent_by=by,
    )
    queue.enqueue(queue.Ask("intake.load_sanctions", kept.pk, key=f"file:{kept.pk}"))
    return kept


@transaction.atomic
def load_now(*, code: str, path: Path, may_shrink: bool, older_because: str) -> loading.Loaded:
    """As `loading.load_file`, for a command; with a reason also a file that is older than what is loaded, and then file
    and reason are on record.

    Raises ValidationError(code="required") for a reason without a word.
    """
    because = older_because.strip()
    if older_because and not because:
        raise ValidationError("Say why the older file is used.", code="required")
    loaded = loading.load_file(
        code=code, path=path, by=None, may_shrink=may_shrink, may_be_older=bool(because)
    )
    if loaded.instead_of:
        _note_older(loaded, because)
    return loaded


def _note_older(loaded: loading.Loaded, because: str) -> None:
    kept = SanctionsFile(of_list=loaded.list, name=loaded.list.source, sha256=loaded.list.sha256)
    kept.state, kept.older_because = SanctionsFile.State.LOADED, because
    kept.outcome, kept.read_at = _outcome(kept, loaded), timezone.now()
    kept.save()


def read_file(*, file_id: int, is_last_try: bool = False) -> SanctionsFile:
    """Load a file that waits and keep what came of it in words; its bytes go. One that was read stays as it is.

    A file that is refused is an answer, not a failure: it is not tried again. So is, in the last try, one that takes
    longer than a worker may. Runs in the transaction of its job.
    """
    kept = (
        SanctionsFile.objects.select_for_update(of=("self",))
        .select_related("of_list", "sent_by")
        .get(pk=file_id)
    )
    if kept.state != SanctionsFile.State.WAITING:
        return kept
    try:
        # A savepoint: what a refused file has written by then must not stay.
        with transaction.atomic():
            loaded = _load(kept)
    except ValidationError as error:
        kept.state, kept.outcome = SanctionsFile.State.REFUSED, " ".join(error.messages)
    except SoftTimeLimitExceeded:
        if not is_last_try:
            raise
        kept.state, kept.outcome = SanctionsFile.State.REFUSED, _TOO_SLOW
    else:
        kept.state = SanctionsFile.State.LOADED if loaded.is_new else SanctionsFile.State.SAME
        kept.outcome = _outcome(kept, loaded)
    kept.body, kept.read_at = b"", timezone.now()
    kept.save(update_fields=["state", "outcome", "body", "read_at"])
    return kept


def _load(kept: SanctionsFile) -> loading.Loaded:
    with tempfile.NamedTemporaryFile(suffix=".list") as copy:
        copy.write(kept.body)
        copy.flush()
        return loading.load_file(
            code=kept.of_list.code,
            path=Path(copy.name),
            by=kept.sent_by,
            name=kept.name,
            may_shrink=kept.may_shrink,
            may_be_older=bool(kept.older_because),
        )


def _outcome(kept: SanctionsFile, loaded: loading.Loaded) -> str:
    because = f" Because: {kept.older_because}" if loaded.instead_of else ""
    return loaded.in_words + because
