"""How things stand after an answer, or without one."""

from mail.models import Message
from proposals.models import Acceptance, Decline, ProposalVersion
from tests.proposals.making import statuses

SENT = ("sent", "open", "proposal")
WON = ("accepted", "won", "won")
LOST = ("declined", "lost", "lost")


def messages() -> list[tuple[str, str]]:
    """Template and reader of every message after the one with the link."""
    found = Message.objects.exclude(template="proposals/mail/proposal").order_by("pk")
    return list(found.values_list("template", "to_email"))


def assert_unanswered(version: ProposalVersion, expected: tuple[str, str, str] = SENT) -> None:
    """Nobody answered and nobody was told anything."""
    assert statuses(version) == expected
    assert not Acceptance.objects.exists()
    assert not Decline.objects.exists()
    assert messages() == []
