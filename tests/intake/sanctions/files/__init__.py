"""Small files in the formats of the publishers. Every name and number in them is invented."""

from pathlib import Path

HERE = Path(__file__).parent


def path_of(name: str) -> Path:
    """The file of this name."""
    return HERE / name
