"""Why a message was not taken: for now or for good, and whose fault it is."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from mail.models import Failure
from mail.smtp import MaybeTaken

# RFC 3463: X.1.1, X.1.2, X.1.3, X.1.6 and X.1.10 speak of the reader's address, X.2.1 of a mailbox that is closed.
_ABOUT_THE_ADDRESS = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1)")
# X.7 is policy (relaying, a block list), X.5 protocol, X.1.7 and X.1.8 our sender: none says that the reader is gone.
_NOT_THE_ADDRESS = re.compile(r"5\.(?:[57]\.\d{1,3}|1\.[78])")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_OURS = {503, 530, 534, 535, 538}  # the server wants a login, or another order of commands
_OF_OUR_ACCOUNT = {
    401,
    402,
    403,
    404,
}  # a provider's answers: wrong key, unpaid, forbidden, no such domain


@dataclass(frozen=True)
class Refusal:
    """What a failed delivery means. `text` names the error and its codes; never the server's words, which quote."""

    failure: Failure
    text: str
    code: str = ""
    is_unsure: bool = False

    @property
    def is_for_good(self) -> bool:
        """Whether trying again is of no use."""
        return self.failure in (Failure.ADDRESS, Failure.TEXT)


# A provider may answer without an error and without having taken anything.
NOT_TAKEN = Refusal(Failure.TEXT, "The provider did not say that it took it")


def judge(error: Exception) -> Refusal:
    """What an error of smtplib, of a socket or of a provider's interface means; raises again what is none of these."""
    if settings.EMAIL_BACKEND.startswith("anymail."):
        return _judge_provider(error)
    if not isinstance(error, OSError):  # smtplib's errors are OSErrors too
        raise error
    code, words = _reply(error)
    if isinstance(error, MaybeTaken) or (isinstance(error, smtplib.SMTPDataError) and code < 200):
        return Refusal(Failure.OURS, type(error).__name__, is_unsure=True)
    enhanced = found[1] if (found := _ENHANCED.search(words)) else ""
    codes = " ".join(str(part) for part in (code, enhanced) if part)
    named = f"{type(error).__name__} {codes or _of_tls(error)}".strip()
    return Refusal(_whose(error, code, enhanced), named, codes[:20])


def is_about_the_mail(codes: str) -> bool:
    """Whether these codes, for good, refuse a mail and say nothing of its reader's address: a policy, or protocol."""
    found = _ENHANCED.search(codes)
    return bool(found and _NOT_THE_ADDRESS.fullmatch(found[1]))


def _whose(error: Exception, code: int, enhanced: str) -> Failure:
    if not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        is_later = isinstance(error, smtplib.SMTPSenderRefused) and 400 <= code < 500
        return Failure.LATER if is_later else Failure.OURS
    if code in _OURS:
        return Failure.OURS
    if not 500 <= code < 600:
        return Failure.LATER
    if isinstance(error, smtplib.SMTPDataError):
        return Failure.ADDRESS if _ABOUT_THE_ADDRESS.fullmatch(enhanced) else Failure.TEXT
    return Failure.TEXT if _NOT_THE_ADDRESS.fullmatch(enhanced) else Failure.ADDRESS


def _reply(error: Exception) -> tuple[int, str]:
    """The server's reply code, 0 without one, and its words."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = [(code, _words(said)) for code, said in error.recipients.values()]
        return max(answers, default=(0, ""))
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _words(error.smtp_error)
    return 0, ""


def _of_tls(error: Exception) -> str:
    """What our own side has against the server's certificate, or its way to encrypt; empty for any other error."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message[:200]
    return error.reason or "" if isinstance(error, ssl.SSLError) else ""


def _words(said: Any) -> str:
    return said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)


def _judge_provider(error: Exception) -> Refusal:
    # Here, since only a house with a provider needs it, and it brings a whole client for HTTP.
    from anymail import exceptions  # noqa: PLC0415

    if isinstance(error, exceptions.AnymailRecipientsRefused | exceptions.AnymailInvalidAddress):
        return Refusal(Failure.ADDRESS, type(error).__name__)
    if isinstance(error, exceptions.AnymailUnsupportedFeature):
        return Refusal(Failure.TEXT, type(error).__name__)
    if not isinstance(error, exceptions.AnymailRequestsAPIError):
        raise error
    if error.status_code is None:
        return Refusal(Failure.OURS, "No answer of the provider", is_unsure=not _never_left(error))
    code = int(error.status_code)
    text = f"The provider's answer {code}"
    if code in _OF_OUR_ACCOUNT:
        return Refusal(Failure.OURS, text, str(code))
    if code >= 500 or code in (408, 429):
        return Refusal(Failure.LATER, text, str(code), is_unsure=code in (502, 504))
    return Refusal(Failure.TEXT, text, str(code))


def _never_left(error: Exception) -> bool:
    """Whether no connection to the provider was made at all."""
    from requests import ConnectTimeout  # noqa: PLC0415
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415

    (cause, *_) = error.__cause__.args if error.__cause__ and error.__cause__.args else (None,)
    return isinstance(error, ConnectTimeout) or isinstance(
        getattr(cause, "reason", None), NewConnectionError
    )
