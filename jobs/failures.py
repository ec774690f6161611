"""Saying what failed without repeating what a client wrote."""

import re
import traceback
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError

from jobs import kinds

_FOR_STAFF = re.compile(r"jobs\.kinds\.JobError: (.*?)(?: at \w+\.py:\d+)?", re.DOTALL)


def describe(error: Exception) -> str:
    """What failed and where, without the error's own text, which may quote a client.

    Texts of JobError and codes of ValidationError are ours and are kept.
    """
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, kinds.JobError | kinds.UnknownKind):
        name = f"{name}: {error}"
    elif isinstance(error, ValidationError):
        name = f"{name}: {', '.join(_codes(error))}"
    ours = [f for f in traceback.extract_tb(error.__traceback__) if _is_ours(f.filename)]
    return f"{name} at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else name


def in_words(described: str) -> str:
    """What a JobError told staff, out of what was described; empty for whatever else failed."""
    found = _FOR_STAFF.fullmatch(described)
    return found[1] if found else ""


def is_interruption(error: Exception) -> bool:
    """Whether the try was ended from outside: the database went away or was busy, or time was up."""
    return isinstance(error, OperationalError | InterfaceError | SoftTimeLimitExceeded)


def _codes(error: ValidationError) -> list[str]:
    """`code`, or `field code` where the error is about a field."""
    if not hasattr(error, "error_dict"):
        return [str(e.code) for e in error.error_list]
    return [f"{field} {e.code}" for field, found in error.error_dict.items() for e in found]


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts
