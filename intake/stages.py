"""What a client is told of a lead's status: plain words, nothing internal."""

from dataclasses import dataclass

from intake.models import Status


@dataclass(frozen=True)
class Stage:
    """A heading and a sentence for the client's page."""

    title: str
    text: str


_RECEIVED = Stage(
    "We have your request", "It is stored and on its way to the adviser who covers it."
)
_WITH_ADVISER = Stage(
    "An adviser has your request",
    "An adviser is reading it and will answer you by e-mail.",
)
_CLOSED = Stage("This request is closed", "Send a new request if something has changed.")
STAGES: dict[str, Stage] = {
    Status.NEW: _RECEIVED,
    Status.QUARANTINED: _RECEIVED,
    Status.ROUTED: _WITH_ADVISER,
    Status.CONTACTED: _WITH_ADVISER,
    Status.QUALIFIED: _WITH_ADVISER,
    Status.PROPOSAL: Stage(
        "Your proposal",
        "A proposal is being written for you, or is in your mailbox already.",
    ),
    Status.WON: Stage(
        "We work for you",
        "You accepted our proposal. Your adviser is in touch about the start.",
    ),
    Status.LOST: _CLOSED,
    Status.DISQUALIFIED: _CLOSED,
}
