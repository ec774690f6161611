"""Handing a message to the mail server, and what becomes of one that it does not take."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from accounts import statements
from jobs import kinds, queue
from jobs.models import MAX_ATTEMPTS
from mail import addresses, gates, kept_line, news, refusals
from mail.composing import compose
from mail.models import Failure, Message, Unreachable

log = structlog.get_logger("derisk.mail")
# After the tries of its first job a message is tried once an hour, for as long as mail servers use to.
BETWEEN_TRIES = timedelta(hours=1)
PATIENCE = timedelta(days=2)
# A server that is slow to say that it took a mail has perhaps taken it at each try: nobody shall get it fifty times.
BETWEEN_COPIES = timedelta(hours=12)
Finish = Callable[[], None]


def deliver(*, message_id: int, is_last_try: bool = False) -> Finish | None:
    """`deliver_in_turn` for one message."""
    return next(deliver_in_turn([(message_id, is_last_try)]))


def deliver_in_turn(messages: Iterable[tuple[int, bool]]) -> Iterator[Finish | None]:
    """Send messages one after the other, given by number and whether it is the last try.

    Yields for each what records the result; None when it needs no sending any more. Ends after the first that was not
    taken: what that says of the server or the address is to be on record before the next one leaves.

    A message with a gate is asked about once more; what its gate holds back is cancelled, with the reason. One to an
    address that takes no mail is held.

    "Sending" is committed before the server is spoken to, in one statement with what became of the message before it:
    at no time more than one is in doubt. If we die after the server took it and before that is recorded, the next try
    sends the same Message-ID again, and the message says that it may be there twice: mail cannot be exactly once.
    Raises jobs.kinds.JobError on a failure that may pass.
    """
    before: _Taken | None = None
    for message_id, is_last_try in messages:
        if before is not None and before.message.pk == message_id:
            return
        message = _start(message_id, before)
        if before is not None:
            before.is_recorded = True
        before, finish = None, None
        if message is not None:
            finish = _send(message, is_last_try)
            if not isinstance(finish, _Taken):
                yield finish
                return
            before = finish
        yield finish


def _send(message: Message, is_last_try: bool) -> Finish:
    if is_mail_kept():
        return _Taken(message, Message.State.KEPT)
    mail = compose(message)
    try:
        with kept_line.borrowed() as connection:
            connection.send_messages([mail])
    except Exception as error:  # noqa: BLE001 - what `judge` does not know it raises again
        is_last = is_last_try or message.attempts >= MAX_ATTEMPTS
        return _refused(message, refusals.judge(error), is_last)
    told = getattr(mail, "anymail_status", None)
    if told and not told.status & {"sent", "queued"}:
        return _refused(message, refusals.NOT_TAKEN, is_last_try=True)
    provider_id = str(told.message_id or "")[:200] if told else ""
    return _Taken(message, Message.State.SENT, provider_id)


@dataclass
class _Taken:
    """Records that a message has come to its end well, unless the beginning of the next one did; and what that proves
    of an address that took none before.
    """

    message: Message
    state: Message.State
    provider_id: str = ""
    is_recorded: bool = False

    def __call__(self) -> None:
        if not self.is_recorded:
            statements.store(_END_ALONE, self.told())
        if self.message.is_forced and self.state == Message.State.SENT:
            addresses.note_taken(self.message)

    def told(self) -> dict[str, int | str]:
        """What the statement needs to know."""
        return {
            "ended": self.message.pk,
            "attempt": self.message.attempts,
            "how": self.state,
            "provider": self.provider_id,
        }


# SQL of our own: every delivery runs it. Not when another delivery of the message has begun since.
_END = """
    UPDATE mail_message SET state = %(how)s::text, provider_id = %(provider)s, error = '', failure = '',
        sent_at = CASE WHEN %(how)s::text = 'sent' THEN statement_timestamp() END,
        private_url = CASE WHEN %(how)s::text = 'sent' THEN '' ELSE private_url END
    WHERE id = %(ended)s AND state = 'sending' AND attempts = %(attempt)s
"""
# Whoever was sending died, or was sending when the connection broke. Tells what nearly every delivery would ask.
_FIELDS = Message._meta.concrete_fields
_BEGIN = """
    UPDATE mail_message SET state = 'sending', attempts = attempts + 1,
        may_be_double = may_be_double OR state IN ('sending', 'unsure')
    WHERE id = %(begun)s AND state IN ('queued', 'sending', 'unsure')
"""
_END_ALONE = statements.Statement.written(f"{_END} RETURNING id")


@cache
def _begin(*, ends: bool) -> statements.Statement:
    """Begins a delivery, and ends the one before; all apps have to be there, since each may hide something."""
    found = [*(str(field.column) for field in _FIELDS), gates.member(), addresses.MARK]
    first = f"WITH ended AS ({_END}) " if ends else ""
    return statements.Statement.written(f"{first}{_BEGIN} RETURNING {', '.join(found)}")


@transaction.atomic
def _start(message_id: int, before: _Taken | None) -> Message | None:
    """The message with its new attempt, which names this delivery from here on; records what the last one came to."""
    told: dict[str, int | str] = {"begun": message_id}
    if before is not None:
        told |= before.told()
    rows = statements.store(_begin(ends=before is not None), told)
    if not rows:
        return None
    (*values, member_id, mark_id) = rows[0]
    message = _message(values)
    if reason := gates.why_not(message, member_id):
        _record(message, state=Message.State.CANCELLED, error=reason, private_url="")
        return None
    mark = None if message.is_forced else addresses.mark_found(message.to_email, mark_id)
    if mark is not None:
        error = f"Not sent: {mark}."
        _record(message, state=Message.State.HELD, failure=Failure.ADDRESS, error=error)
        return None
    return message


def _message(values: list[Any]) -> Message:
    message = Message.from_db(DEFAULT_DB_ALIAS, [field.attname for field in _FIELDS], values)
    message.headers = json.loads(message.headers)  # which comes as it is stored
    return message


def waiting_for_the_server() -> int:
    """How many messages wait because the mail server does not answer us or refuses us: our set-up is to be mended."""
    return Message.objects.unsent().filter(failure=Failure.OURS).count()


def is_mail_kept() -> bool:
    """Whether no mail server is set up, so that messages stay in the database for staff to read."""
    return settings.EMAIL_BACKEND == "django.core.mail.backends.dummy.EmailBackend"


def _refused(message: Message, refusal: refusals.Refusal, is_last_try: bool) -> Finish:
    is_copied = refusal.is_unsure and message.may_be_double
    is_last_try = is_last_try or is_copied
    if refusal.failure == Failure.OURS:
        log.error("the mail server does not take our mail", error=refusal.text)
    if refusal.is_for_good:
        return lambda: _give_up(message, Message.State.REFUSED, refusal)
    if is_last_try and timezone.now() - message.created_at > PATIENCE:
        return lambda: _give_up(message, Message.State.FAILED, refusal)
    if is_last_try:
        pause = BETWEEN_COPIES if is_copied else BETWEEN_TRIES
        return lambda: _try_later(message, refusal, pause)
    _put_back(message, refusal)
    raise kinds.JobError(f"The mail server did not take it: {refusal.text}")


def _put_back(message: Message, refusal: refusals.Refusal) -> bool:
    is_unsure = refusal.is_unsure or message.may_be_double
    state = Message.State.UNSURE if is_unsure else Message.State.QUEUED
    return _record(message, state=state, failure=refusal.failure, error=refusal.text)


def _try_later(message: Message, refusal: refusals.Refusal, pause: timedelta) -> None:
    if _put_back(message, refusal):
        key = f"message:{message.pk}:after:{message.attempts}"
        at = timezone.now() + pause
        queue.enqueue(queue.Ask(kind="mail.deliver", subject_id=message.pk, key=key, run_at=at))


def _give_up(message: Message, state: Message.State, refusal: refusals.Refusal) -> None:
    is_doubtful = message.may_be_double or refusal.is_unsure
    changes = {"state": state, "failure": refusal.failure, "error": refusal.text}
    if not _record(message, may_be_double=is_doubtful, **changes):
        return
    if refusal.failure == Failure.ADDRESS:
        addresses.mark_unreachable(
            email=message.to_email,
            why=Unreachable.Why.REFUSED,
            code=refusal.code,
            message=message,
        )
    else:
        news.message_not_arrived.send(Message, message=message)


def _record(message: Message, **changes: object) -> bool:
    """Write the end of this delivery, unless another one of the same message has begun since."""
    return bool(
        Message.objects.filter(
            pk=message.pk, state=Message.State.SENDING, attempts=message.attempts
        ).update(**changes)
    )
