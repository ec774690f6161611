"""The connection to the mail server, kept for the messages that follow within a moment.

To connect, greet and say goodbye takes longer than to hand over a mail, and many servers slow down who does it often.
A connection carries one message after the other: what becomes of one is told before the next begins.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.mail import get_connection

from mail import smtp

# Servers allow a hundred and more on one connection, and minutes of silence.
_MOST = 50
_IDLE_SECONDS = 3.0
# A server that took so long to not even greet us is frozen, most likely: in the next moments it is not asked again, or
# a few mails to it would keep all workers from every other work, which knows nothing of mail.
_SILENT_AFTER, _SILENT_FOR = 4.0, 30.0
_SETTINGS = ("BACKEND", "HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")


class _Line:
    """At most one open connection that nobody uses, and the thread that ends it when nobody wants it any more."""

    def __init__(self) -> None:
        self._forget()
        # A child must not speak on its parent's connection, nor say goodbye on it.
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[Any, int, tuple[Any, ...]] | None = None
        self._used_at = 0.0
        self._is_watched = False
        self._silent: tuple[tuple[Any, ...], float] = ((), 0.0)

    @contextmanager
    def borrowed(self) -> Iterator[Any]:
        """A connection of Django's; closed after an error, since nobody knows what the server makes of it then."""
        told = tuple(getattr(settings, f"EMAIL_{name}", None) for name in _SETTINGS)
        connection, sent = self._take(told)
        is_well = False
        try:
            yield connection
            is_well = True
        finally:
            if is_well and sent + 1 < _MOST and isinstance(connection, smtp.EmailBackend):
                self._keep(connection, sent + 1, told)
            else:
                _close(connection)

    def _take(self, told: tuple[Any, ...]) -> tuple[Any, int]:
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            connection, sent, of = kept
            if of == told and _answers(connection):
                return connection, sent
            _close(connection)
        connection = get_connection()
        if isinstance(connection, smtp.EmailBackend):
            self._greet(connection, told)
        return connection, 0

    def _greet(self, connection: Any, told: tuple[Any, ...]) -> None:
        """Open the connection; raises MailServerSilent where that was in vain, and took long, a moment ago."""
        of, until = self._silent
        began = time.monotonic()
        if of == told and began < until:
            raise smtp.MailServerSilent
        try:
            _open(connection)
        except OSError:
            if time.monotonic() - began >= _SILENT_AFTER:
                self._silent = (told, time.monotonic() + _SILENT_FOR)
            raise

    def _keep(self, *kept: Any) -> None:
        with self._lock:
            before, self._kept = self._kept, kept
            self._used_at = time.monotonic()
            begins, self._is_watched = not self._is_watched, True
        if before is not None:
            _close(before[0])
        if begins:
            threading.Thread(target=self._watch, name="mail line", daemon=True).start()

    def _watch(self) -> None:
        left = _IDLE_SECONDS
        while left > 0:
            time.sleep(left)
            with self._lock:
                left = self._used_at + _IDLE_SECONDS - time.monotonic() if self._kept else 0
                if left <= 0:
                    self._is_watched = False
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection that is kept, if there is one."""
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            _close(kept[0])


def _answers(connection: Any) -> bool:
    line = connection.connection
    line.begin(smtp.LONGEST_SIGN_OF_LIFE)
    with suppress(OSError):  # smtplib's errors are OSErrors too
        is_well = bool(line.rset()[0] == 250)
        line.begin()
        return is_well
    return False


def _open(connection: Any) -> None:
    try:
        connection.open()
    except Exception:
        # Django leaves the connection open when the server refuses us before the first message.
        connection.close()
        raise


def _close(connection: Any) -> None:
    with suppress(OSError):
        connection.close()


_line = _Line()
borrowed = _line.borrowed
hang_up = _line.hang_up
