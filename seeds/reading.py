"""Data files of the seeds."""

from typing import Any

import yaml

# The C library's, where there is one: five times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(text: str) -> Any:
    """What a YAML text says. Raises yaml.YAMLError."""
    # Both loaders are safe ones.
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 # nosec B506
