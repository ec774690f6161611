"""Statements whose answers nobody needs yet: they wait for one that somebody asks, and go in one message with it."""

from typing import Any

from accounts.statements import Asked, Statement, store_all


class Later:
    """What is still to be stored in a transaction, in order. Whoever makes it sends it before the transaction ends.

    What another statement is to see must not wait here, nor what is to outlast a savepoint that was begun since. An
    error is raised where it is sent.
    """

    def __init__(self) -> None:
        self._waiting: list[Asked] = []

    def add(self, statement: Statement, values: dict[str, Any]) -> None:
        """Let it wait."""
        self._waiting.append((statement, values))

    def send(self, *asked: Asked) -> list[list[tuple[Any, ...]]]:
        """Send what waits, and these after it; what these answer."""
        waiting, self._waiting = self._waiting, []
        return store_all(*waiting, *asked)[len(waiting) :]
