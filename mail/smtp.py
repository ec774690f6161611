"""Sending by SMTP, so that a broken connection says whether the server may have taken the message."""

import smtplib
from typing import TYPE_CHECKING, Any

from django.core.mail.backends import smtp

if TYPE_CHECKING:
    _Connection = smtplib.SMTP
else:
    _Connection = object

_SEND_NOW = 354  # the server's answer to DATA; what follows it is the message


class MaybeTaken(smtplib.SMTPServerDisconnected):
    """The connection broke after the message began to leave and before the server answered."""


class _Telling(_Connection):
    _last_code = 0
    _is_leaving = False

    def getreply(self) -> tuple[int, bytes]:
        """Remember the code of the server's last answer."""
        self._last_code = 0
        reply = super().getreply()
        self._last_code = reply[0]
        return reply

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
