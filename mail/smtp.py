"""Sending by SMTP, so that a broken connection says whether the server may have taken the message."""

import re
import smtplib
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.mail.backends import smtp
from django.core.mail.message import EmailMessage, sanitize_address

if TYPE_CHECKING:
    _Connection = smtplib.SMTP
else:
    _Connection = object

# What every reader of addresses reads in the same way: nothing quoted, nothing beside it, letters of ASCII.
_ATOM, _LABEL = r"[A-Za-z0-9_+-]+", r"[A-Za-z0-9-]{1,63}"
_PLAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_SEND_NOW = 354  # the server's answer to DATA; what follows it is the message
# Seconds that a mail may take with all the answers to it, and the one whether a kept connection is alive. With those
# after which no further mail is begun (jobs.in_turn) they stay below CELERY_TASK_SOFT_TIME_LIMIT, which would end a
# delivery without anybody knowing what became of it.
_LONGEST, LONGEST_SIGN_OF_LIFE = 12.0, 2.0


class MailServerSilent(OSError):
    """The server did not answer a moment ago, and was not asked again."""


class MaybeTaken(smtplib.SMTPServerDisconnected):
    """The connection broke after the message began to leave and before the server answered."""


class _Telling(_Connection):
    _last_code = 0
    _is_leaving = False
    _ends_at = 0.0

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Connect; the time of the first mail begins."""
        self.begin()
        return super().connect(*args, **kwargs)

    def begin(self, seconds: float = 0.0) -> None:
        """The time of a mail begins, or of as many seconds."""
        self._ends_at = time.monotonic() + (seconds or _LONGEST)

    def getreply(self) -> tuple[int, bytes]:
        """Wait as long as there is time, and remember the code of the server's last answer."""
        self._last_code = 0
        self._wait_at_most(self._ends_at - time.monotonic())
        reply = super().getreply()
        self._last_code = reply[0]
        return reply

    def _wait_at_most(self, left: float) -> None:
        """For what was sent as a mail all the time that is left: who gives up then sends it twice."""
        is_limited = isinstance(self.timeout, int | float) and not self._is_leaving
        longest = min(left, self.timeout) if is_limited else left
        if self.sock is not None:
            self.sock.settimeout(
                max(longest, 0.1)
            )  # no time at all would mean not to wait for anything

    def send(self, s: Any) -> None:
        """Send bytes; those after "354" are the message."""
        self._is_leaving = self._last_code == _SEND_NOW
        super().send(s)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the message. Raises MaybeTaken when the connection broke while or after it left."""
        try:
            return super().data(msg)
        except OSError as error:
            if self._is_leaving:
                raise MaybeTaken from error
            raise


class _Plain(_Telling, smtplib.SMTP):
    pass


class _Encrypted(_Telling, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's own, with a connection that tells."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The class of the connection."""
        return _Encrypted if self.use_ssl else _Plain

    def _send(self, email_message: EmailMessage) -> bool:
        """Django's, which takes every address apart by the book: that was a quarter of a mail's time."""
        sender = _of_house(email_message.from_email)
        recipients = [envelope_address(address) for address in email_message.recipients()]
        if not recipients:
            return False
        connection: Any = self.connection
        message: Any = email_message.message()
        try:
            connection.sendmail(sender, recipients, message.as_bytes(linesep="\r\n"))
        except smtplib.SMTPException:
            if self.fail_silently:
                return False
            raise
        return True


def envelope_address(address: str) -> str:
    """The address as SMTP takes it. Raises ValueError for what is none."""
    if _PLAIN.fullmatch(address):
        return address
    return sanitize_address(address, "utf-8")


_of_house = lru_cache(maxsize=8)(envelope_address)  # always the same one, and it has a name
