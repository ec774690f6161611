"""A mail server that misbehaves on demand: what it is to do stands in a file beside its mailbox, read at each step."""

import asyncio
import os
from argparse import ArgumentParser
from pathlib import Path

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, Envelope, Session

# Longer than our side waits for an answer.
HANGS_SECONDS = 30


def mood_of(maildir: Path) -> Path:
    """The file that says "take" (or is not there), "refuse", "hang" or "die"."""
    return maildir.with_suffix(".mood")


class MoodyMailbox(Mailbox):
    """Takes mail into a Maildir, unless its mood says otherwise."""

    @classmethod
    def from_cli(cls, parser: ArgumentParser, *arguments: str) -> "MoodyMailbox":
        """Made by `aiosmtpd -c`, with the mailbox's directory."""
        return cls(arguments[0])

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Not now, or go on."""
        if self._mood() == "refuse":
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Say nothing for long, or take the mail; "die" takes it and is gone before it says so."""
        if self._mood() == "hang":
            await asyncio.sleep(HANGS_SECONDS)
            return "451 4.3.0 Too late"
        answer = await super().handle_DATA(server, session, envelope)
        if self._mood() == "die":
            os._exit(1)
        return str(answer)

    def _mood(self) -> str:
        try:
            return mood_of(Path(self.mail_dir)).read_text()
        except FileNotFoundError:
            return "take"
