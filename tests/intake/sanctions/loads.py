"""Loading lists in tests."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from intake.sanctions import loading
from tests.intake.sanctions.files import path_of

FILES = {
    "un": "un.xml", "eu": "eu.xml", "us-sdn": "us-sdn.xml", "us-consolidated": "us-consolidated.xml",
    "uk": "uk.xml", "uk-ofsi": "uk-ofsi.csv",
}  # fmt: skip
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def load(
    code: str = "un", path: Path | None = None, now: datetime = NOW, **options
) -> loading.Loaded:
    """Load the invented file of this list, or another."""
    return loading.load_file(
        code=code, path=path or path_of(FILES[code]), by=None, now=now, **options
    )


def un_file(
    path: Path, people: dict[str, str], day: date = date(2026, 11, 20), **more: str
) -> Path:
    """A file of the United Nations with persons by number; `more` are elements that each of them has."""
    extra = "".join(f"<{tag}>{value}</{tag}>" for tag, value in more.items())
    entries = "".join(
        f"<INDIVIDUAL><DATAID>{uid}</DATAID><FIRST_NAME>{escape(name)}</FIRST_NAME>{extra}</INDIVIDUAL>"
        for uid, name in people.items()
    )
    path.write_text(
        f'<CONSOLIDATED_LIST dateGenerated="{day}T00:00:00Z"><INDIVIDUALS>{entries}</INDIVIDUALS></CONSOLIDATED_LIST>'
    )
    return path


def fresh_un_file(path: Path, people: dict[str, str], **more: str) -> Path:
    """The same, of today."""
    return un_file(path, people, datetime.now(UTC).date(), **more)


def days(number: int) -> timedelta:
    return timedelta(days=number)
