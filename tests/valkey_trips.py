"""What goes to Valkey while a block runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.connection import AbstractConnection

from jobs.valkey_watch import Watched


@contextmanager
def seen() -> Iterator[list[list[str]]]:
    """The commands sent, each as a list of its words, by whatever way of the library."""
    trips: list[list[str]] = []
    send = AbstractConnection.send_packed_command

    def note(self: Any, command: Any, *args: Any, **kwargs: Any) -> Any:
        words = b"".join(command).split(b"\r\n")[2::2]
        trips.append([word.decode("utf-8", "replace") for word in words])
        return send(self, command, *args, **kwargs)

    ask = Watched._answer

    def note_watched(self: Any, *command: bytes) -> Any:
        trips.append([word.decode() for word in command])
        return ask(self, *command)

    AbstractConnection.send_packed_command = note  # type: ignore[method-assign]
    Watched._answer = note_watched  # type: ignore[method-assign]
    try:
        yield trips
    finally:
        AbstractConnection.send_packed_command = send  # type: ignore[method-assign]
        Watched._answer = ask  # type: ignore[method-assign]
