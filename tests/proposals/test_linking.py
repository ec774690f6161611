import hashlib
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction

from intake.models import Activity
from jobs.models import Job
from mail.models import Message
from mail.outbox import PRIVATE_LINK
from proposals import linking
from proposals.models import ClientLink, ProposalVersion
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
    subjects = {"en": "You accepted", "fr": "Vous avez accepté", "pt": "Aceitou", "ar": "قبلت"}
    assert message.subject.startswith(subjects[language])


@pytest.mark.django_db
def test_new_link_closes_the_old_one_and_is_on_the_timeline() -> None:
    version = make_sent()
    old = link_of(version)

    new = linking.mail_link(version=version, by=version.prepared_by)

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
        linking.mail_link(version=version, by=version.prepared_by)

    assert refusal.value.code == "conflict"
    assert ClientLink.objects.count() == 1


@pytest.mark.django_db
def test_version_that_is_not_rendered_yet_gets_no_link() -> None:
    version = send(make_draft())

    with pytest.raises(ValidationError) as refusal:
        linking.mail_link(version=version, by=version.prepared_by)

    assert refusal.value.code == "conflict"
    assert not ClientLink.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_links_made_at_once_one_stays_open() -> None:
    version = make_sent()

    with transaction.atomic():
        ProposalVersion.objects.select_for_update().get()
        clicks = Race(*[lambda: linking.mail_link(version=version, by=version.prepared_by)] * 2)
        wait_for_blocked(2)

    assert len({link.pk for link in clicks.results()}) == 2
    assert ClientLink.objects.filter(revoked_at__isnull=True).count() == 1
