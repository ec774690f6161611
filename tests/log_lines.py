"""The structured lines that the code under test has logged."""

from typing import Any

import pytest


def logged(caplog: pytest.LogCaptureFixture, logger: str) -> list[dict[str, Any]]:
    """The lines of this logger, oldest first, before they become JSON."""
    lines = [record.msg for record in caplog.records if record.name == logger]
    assert all(isinstance(line, dict) for line in lines)
    return lines  # type: ignore[return-value]  # checked just above
