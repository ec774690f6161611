import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from intake.models import Activity
from jobs.models import Job
from mail.models import Message
from mail.outbox import PRIVATE_LINK
from proposals import content, drafting, pdf, sending
from proposals.models import ClientLink, Document, LineItem, Proposal, ProposalVersion, Section
from tests.factories import BriefFactory
from tests.proposals import making
from tests.proposals.making import link_of, make_draft, make_lead, make_sent, run_jobs, send
from tests.racing import Race, wait_for_blocked


def letters() -> list[str]:
    """The keys of the messages that hold a client's link."""
    found = Message.objects.filter(template="proposals/mail/proposal").order_by("pk")
    return list(found.values_list("key", flat=True))


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
def test_frozen_content_says_what_the_draft_said() -> None:
    brief = BriefFactory(title="On Mali")
    lead = make_lead(full_name="Aïcha Example", job_title="Head of transport")
    until = datetime(2999, 3, 31, 23, 59, 59, tzinfo=UTC)

    version = send(make_draft(lead, valid_until=until, terms="Pay *soon*."))

    frozen = json.loads(version.content)
    assert frozen["reference"] == version.proposal.reference
    assert (frozen["version"], frozen["language"], frozen["currency"]) == (1, "en", "EUR")
    assert frozen["prepared_for"] == {
        "name": "Aïcha Example",
        "organisation": "Sahel Mining Example",
        "job_title": "Head of transport",
    }
    assert frozen["prepared_by"]["name"] == version.prepared_by.full_name
    assert frozen["valid_until"] == "2999-03-31T23:59:59Z"
    assert frozen["issued_at"] == content.instant(version.sent_at)
    assert frozen["request"]["reference"] == lead.reference
    assert [each["title"] for each in frozen["briefs"]] == [brief.title]
    assert frozen["terms"] == content.blocks("Pay *soon*.")
    assert [each["heading"] for each in frozen["sections"]] == ["Heading 1", "Heading 2"]


@pytest.mark.django_db
def test_frozen_content_holds_the_lines_and_what_they_add_up_to() -> None:
    version = send(make_draft())

    frozen = json.loads(version.content)
    line = version.lines.get()
    assert frozen["lines"] == [
        {
            "id": str(line.stable_id),
            "description": "Written assessment",
            "quantity": "2.000",
            "unit": "report",
            "unit_price": "1250.000",
            "tax_rate": "18.00",
            "tax_label": "VAT",
            "net": "2500.00",
        }
    ]
    assert frozen["totals"] == {
        "net": "2500.00",
        "taxes": [{"label": "VAT", "rate": "18", "base": "2500.00", "amount": "450.00"}],
        "total": "2950.00",
        "policy": "tax=group,half_up",
    }


@pytest.mark.django_db
def test_what_the_author_took_out_is_nowhere_in_the_frozen_content() -> None:
    brief = BriefFactory(title="On Mali")
    lead = make_lead(needs="Our convoy of gold leaves on Monday.", brief=brief.slug)
    version = make_draft(lead)
    version.sections.update(body="What we agreed on the telephone.")

    send(version)

    stored = ProposalVersion.objects.get().content
    for removed in ("gold", "Monday", "On Mali"):
        assert removed not in stored


@pytest.mark.django_db
def test_parts_keep_their_id_from_version_to_version() -> None:
    first = make_sent()

    second = send(drafting.revise_version(version=first, by=first.prepared_by))

    for parts in ("sections", "lines"):
        old, new = (json.loads(v.content)[parts] for v in (first, second))
        assert [each["id"] for each in new] == [each["id"] for each in old]


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


# ---- The private link


@pytest.mark.django_db
def test_link_is_mailed_to_the_recipient_and_only_its_digest_stays() -> None:
    version = make_sent(recipient_email="aicha@client.example", recipient_name="Aïcha Example")
    token = making.token_of(version)
    message = Message.objects.get(template="proposals/mail/proposal")

    assert run_jobs("mail.deliver", message.pk) == ["done"]

    (letter,) = mail.outbox
    assert letter.to == ["aicha@client.example"]
    assert letter.subject == f"Our proposal {version.proposal.reference}"
    assert f"http://localhost:8000/p/{token}/" in letter.body
    assert f"http://localhost:8000/p/{token}/" in str(letter.alternatives[0][0])
    link = link_of(version)
    assert link.digest == hashlib.sha256(token.encode()).hexdigest()
    stored = [ClientLink, ProposalVersion, Message, Activity, Job]
    assert token not in str([list(model.objects.values()) for model in stored])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "subject", "greeting", "direction"),
    [
        ("en", "Our proposal {}", "Dear Aïcha Example,", "ltr"),
        ("fr", "Notre proposition {}", "Bonjour Aïcha Example,", "ltr"),
        ("pt", "A nossa proposta {}", "Bom dia, Aïcha Example,", "ltr"),
        ("ar", "عرضنا {}", "تحية طيبة، Aïcha Example،", "rtl"),
    ],
)
def test_version_is_mailed_in_its_language(
    language: str, subject: str, greeting: str, direction: str
) -> None:
    version = make_sent(language=language, recipient_name="Aïcha Example")

    message = Message.objects.get(template="proposals/mail/proposal")

    assert message.subject == subject.format(version.proposal.reference)
    assert message.text.startswith(f"{greeting}\n")
    assert f'<html lang="{language}" dir="{direction}">' in message.html
    assert PRIVATE_LINK in message.text
    assert f'href="{PRIVATE_LINK}"' in message.html


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
def test_acceptance_is_confirmed_in_the_language_of_the_version(language: str) -> None:
    version = make_sent(language=language)
    making.accept(version)

    message = Message.objects.get(template="proposals/mail/accepted")

    assert version.proposal.reference in message.subject
    assert version.document.sha256 in message.text
    assert f'<html lang="{language}"' in message.html
    subjects = {"en": "You accepted", "fr": "Vous avez accepté", "pt": "Aceitou", "ar": "قبلتم"}
    assert message.subject.startswith(subjects[language])


@pytest.mark.django_db
def test_new_link_closes_the_old_one_and_is_on_the_timeline() -> None:
    version = make_sent()
    old = link_of(version)

    new = sending.mail_link(version=version, by=version.prepared_by)

    assert ClientLink.objects.get(revoked_at__isnull=True) == new
    assert old.digest != new.digest
    assert letters() == [f"proposal-link:{old.pk}", f"proposal-link:{new.pk}"]
    activity = Activity.objects.filter(kind="proposal_sent").latest("pk")
    assert activity.text.endswith("a new link, the old one is closed")
    assert activity.by == version.prepared_by


@pytest.mark.django_db
@pytest.mark.parametrize("end", [making.accept, making.decline])
def test_closed_version_gets_no_new_link(end: Callable[[ProposalVersion], object]) -> None:
    version = make_sent()
    end(version)

    with pytest.raises(ValidationError) as refusal:
        sending.mail_link(version=version, by=version.prepared_by)

    assert refusal.value.code == "conflict"
    assert ClientLink.objects.count() == 1


@pytest.mark.django_db
def test_version_that_is_not_rendered_yet_gets_no_link() -> None:
    version = send(make_draft())

    with pytest.raises(ValidationError) as refusal:
        sending.mail_link(version=version, by=version.prepared_by)

    assert refusal.value.code == "conflict"
    assert not ClientLink.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_links_made_at_once_one_stays_open() -> None:
    version = make_sent()

    with transaction.atomic():
        ProposalVersion.objects.select_for_update().get()
        clicks = Race(*[lambda: sending.mail_link(version=version, by=version.prepared_by)] * 2)
        wait_for_blocked(2)

    assert len({link.pk for link in clicks.results()}) == 2
    assert ClientLink.objects.filter(revoked_at__isnull=True).count() == 1


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
