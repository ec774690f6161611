import hashlib
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from intake.models import Activity
from jobs.models import Job
from proposals import drafting, pdf
from proposals.models import ClientLink, Document, LineItem, Proposal, ProposalVersion, Section
from tests.proposals import making
from tests.proposals.making import (
    letters,
    link_of,
    make_draft,
    make_sent,
    run_jobs,
    send,
)
from tests.racing import Race, wait_for_blocked

# ---- Freezing


@pytest.mark.django_db
def test_sending_freezes_canonical_json_and_its_digest() -> None:
    version = send(make_draft())

    frozen = json.loads(version.content)
    canonical = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert version.content == canonical
    assert version.content_sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    assert making.statuses(version) == ("sent", "open", "proposal")


@pytest.mark.django_db
def test_sending_is_on_the_timeline_with_who_sent() -> None:
    version = send(make_draft())

    activity = Activity.objects.get(kind="proposal_sent")
    assert activity.text == f"{version.proposal.reference}, version 1"
    assert activity.by == version.prepared_by


# ---- Refusals


@pytest.mark.django_db
def test_every_problem_is_named_at_once_and_nothing_changes() -> None:
    yesterday = timezone.now() - timedelta(days=1)
    version = make_draft(
        title=" ", valid_until=yesterday, currency="XOF", terms="- a\n  - b\n    - c\n      - d"
    )
    version.sections.all().delete()
    version.lines.update(unit_price=Decimal("10.5"))

    with pytest.raises(ValidationError) as refusal:
        send(version)

    assert refusal.value.messages[:3] == [
        "Give the proposal a title.",
        "Write at least one section.",
        "Set “valid until” to a time that is still to come.",
    ]
    codes = [problem.code for problem in refusal.value.error_list]
    assert codes == ["incomplete"] * 3 + ["too_many_digits", "too_deep"]
    assert_not_sent(version)


@pytest.mark.django_db
def test_version_without_lines_is_not_sent() -> None:
    version = make_draft()
    version.lines.all().delete()

    with pytest.raises(ValidationError) as refusal:
        send(version)

    assert refusal.value.messages == ["Add at least one price line."]
    assert_not_sent(version)


def assert_not_sent(version: ProposalVersion) -> None:
    stored = ProposalVersion.objects.get(pk=version.pk)
    assert (stored.status, stored.sent_at, stored.content) == ("draft", None, "")
    assert not Job.objects.filter(kind__startswith="proposals.").exists()
    assert not Activity.objects.filter(kind="proposal_sent").exists()


@pytest.mark.django_db
def test_version_is_sent_once() -> None:
    version = send(make_draft())

    with pytest.raises(ValidationError) as refusal:
        send(version)

    assert refusal.value.code == "conflict"
    assert Activity.objects.filter(kind="proposal_sent").count() == 1
    assert ProposalVersion.objects.get().content == version.content


@pytest.mark.django_db
def test_draft_of_a_closed_proposal_is_not_sent() -> None:
    first = make_sent()
    draft = drafting.revise_version(version=first, by=first.prepared_by)
    making.accept(first)

    with pytest.raises(ValidationError) as refusal:
        send(draft)

    assert refusal.value.code == "conflict"
    assert making.statuses(draft) == ("withdrawn", "won", "won")


@pytest.mark.django_db(transaction=True)
def test_two_clicks_send_once() -> None:
    version = make_draft()

    with transaction.atomic():
        Proposal.objects.select_for_update().get()
        clicks = Race(*[lambda: making.outcome(lambda: send(version))] * 2)
        wait_for_blocked(2)

    assert sorted(clicks.results()) == ["conflict", "done"]
    assert Job.objects.filter(kind="proposals.render").count() == 1


# ---- An earlier version gives way


@pytest.mark.django_db
def test_next_version_takes_the_place_of_the_one_before() -> None:
    first = make_sent()
    draft = drafting.revise_version(version=first, by=first.prepared_by)

    second = send(draft)

    assert making.statuses(first) == ("superseded", "open", "proposal")
    assert making.statuses(second) == ("sent", "open", "proposal")
    assert ProposalVersion.objects.get(pk=first.pk).closed_at is not None


@pytest.mark.django_db
def test_version_replaced_before_it_was_rendered_keeps_its_document_and_mails_nothing() -> None:
    first = send(make_draft())
    second = send(drafting.revise_version(version=first, by=first.prepared_by))

    assert run_jobs("proposals.render", first.pk) == ["done"]
    assert Document.objects.get().version == first
    assert letters() == []
    assert run_jobs("proposals.render", second.pk) == ["done"]
    assert letters() == [f"proposal-link:{link_of(second).pk}"]


# ---- The document, then the mail


@pytest.mark.django_db
def test_mail_waits_for_the_document() -> None:
    version = send(make_draft())

    assert letters() == []
    assert not ClientLink.objects.exists()

    run_jobs("proposals.render", version.pk)

    document = version.document
    assert bytes(document.pdf[:5]) == b"%PDF-"
    assert document.sha256 == hashlib.sha256(document.pdf).hexdigest()
    assert document.engine == pdf.engine()
    assert letters() == [f"proposal-link:{link_of(version).pk}"]


@pytest.mark.django_db
def test_document_is_that_of_the_frozen_content() -> None:
    version = make_sent()

    assert bytes(version.document.pdf) == pdf.render(version.content.encode())


@pytest.mark.django_db
def test_rendering_twice_makes_one_document_and_one_mail() -> None:
    version = make_sent()
    Job.objects.filter(kind="proposals.render").update(state="pending", done_at=None)

    assert run_jobs("proposals.render", version.pk) == ["done"]

    assert Document.objects.count() == ClientLink.objects.count() == len(letters()) == 1


@pytest.mark.django_db
def test_failure_to_render_leaves_a_job_that_is_tried_again(monkeypatch) -> None:
    version = send(make_draft())

    def fail(frozen: bytes) -> bytes:
        raise RuntimeError(frozen.decode())

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render", fail)
        assert run_jobs("proposals.render", version.pk) == ["pending"]
    job = Job.objects.get(kind="proposals.render")
    assert (job.attempts, making.NEEDS in job.last_error) == (1, False)
    assert job.last_error.startswith("RuntimeError at test_sending.py:")
    assert not Document.objects.exists()
    assert letters() == []

    Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    assert run_jobs("proposals.render", version.pk) == ["done"]
    assert len(letters()) == 1


# ---- An edit at the same moment


@pytest.mark.django_db(transaction=True)
def test_sending_waits_for_a_part_that_is_being_saved() -> None:
    version = make_draft()

    with transaction.atomic():
        Section.objects.create(version=version, position=3, heading="Last words")
        sender = Race(lambda: send(version))
        wait_for_blocked(1)

    (sent,) = sender.results()
    headings = [each["heading"] for each in json.loads(sent.content)["sections"]]
    assert headings == ["Heading 1", "Heading 2", "Last words"]


@pytest.mark.django_db(transaction=True)
def test_part_saved_while_the_version_is_being_sent_is_refused() -> None:
    version = make_draft()

    def add_line() -> str:
        try:
            LineItem.objects.create(version=version, description="Too late")
        except IntegrityError:
            return "refused"
        return "stored"

    with transaction.atomic():
        send(version)
        late = Race(add_line)
        wait_for_blocked(1)

    assert late.results() == ["refused"]
    assert LineItem.objects.count() == 1
