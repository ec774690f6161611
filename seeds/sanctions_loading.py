"""The example list of sanctions: invented names, so that the demo shows what a possible match looks like."""

import tempfile
from pathlib import Path

from django.utils import timezone

from intake.models import ListCode
from intake.sanctions import loading

FILE = Path(__file__).parent / "example_sanctions.xml"


def load_example() -> int:
    """Load it as of today, so that it is not out of date; how many entries it has. Again on one day changes nothing."""
    text = FILE.read_text(encoding="utf-8")
    text = text.replace("2026-01-01T", f"{timezone.now():%Y-%m-%d}T", 1)
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(text.encode())
        file.flush()
        loaded = loading.load_file(
            code=ListCode.EXAMPLE, path=Path(file.name), by=None, name=FILE.name
        )
    return loaded.list.entry_count
