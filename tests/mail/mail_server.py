"""A mail server in a thread of the test: real SMTP, with the answers that the test wants."""

from asyncio import WriteTransport
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from config import ports
from mail import kept_line


class MailServer:
    """What it got, from which ports, and what it answers: `rcpt` and `data` hold the next answers, then all is well."""

    port: int

    def __init__(self) -> None:
        self.rcpt: list[str] = []
        self.data: list[str] = []
        self.received: list[tuple[str, list[str], EmailMessage]] = []
        self.raw: list[bytes] = []
        self.peers: list[object] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take or refuse a message; "die" takes it and hangs up without a word."""
        answer = self.data.pop(0) if self.data else "250 OK"
        self.peers.append(session.peer)
        if answer.startswith("250") or answer == "die":
            assert isinstance(envelope.content, bytes)
            self.raw.append(envelope.content)
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.received.append((envelope.mail_from or "", envelope.rcpt_tos, message))
        if answer == "die":
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
        return answer

    @property
    def messages(self) -> list[EmailMessage]:
        """What it got, oldest first."""
        return [message for _, _, message in self.received]


def refuse_login(*_: object) -> AuthResult:
    """No password is right."""
    return AuthResult(success=False, handled=False)


@contextmanager
def running(mail_server: MailServer) -> Iterator[MailServer]:
    """Let the server listen on a port of its own."""
    mail_server.port = ports.choose()
    controller = Controller(
        mail_server,
        hostname="127.0.0.1",
        port=mail_server.port,
        authenticator=refuse_login,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield mail_server
    finally:
        kept_line.hang_up()
        controller.stop()
