"""Statements whose answers nobody needs yet: they wait for one that somebody asks, and go in one message with it."""

from collections.abc import Callable, Sequence
from typing import Any

from accounts.statements import Asked, Row, Statement, store_all

Then = Callable[[list[Row]], object]


class Later:
    """What is still to be stored in a transaction, in order. Whoever makes it sends it before the transaction ends.

    What another statement is to see must not wait here, nor what is to outlast a savepoint that was begun since. An
    error is raised where it is sent.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Asked, Then | None]] = []

    def add(self, statement: Statement, values: dict[str, Any], then: Then | None = None) -> None:
        """Let it wait; `then` is told what it answered."""
        self._waiting.append(((statement, values), then))

    def send(self, *asked: Asked) -> list[list[Row]]:
        """Send what waits, and these after it; what these answer."""
        waiting, self._waiting = self._waiting, []
        answers = store_all(*(one for one, _ in waiting), *asked)
        _tell([then for _, then in waiting], answers)
        return answers[len(waiting) :]


def _tell(each: Sequence[Then | None], answers: Sequence[list[Row]]) -> None:
    for then, rows in zip(each, answers, strict=False):
        if then:
            then(rows)
