"""Which formats the files of each list come in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.models import ListCode
from intake.sanctions import eu, uk, uk_tables, un, us
from intake.sanctions.entries import BadFile, Format, Reading

_XML: dict[str, Format] = {
    ListCode.UN: un.read,
    ListCode.EU: eu.read,
    ListCode.US_SDN: us.read,
    ListCode.US_CONSOLIDATED: us.read,
    ListCode.UK: uk.read,
    ListCode.EXAMPLE: un.read,
}
_TABLES: dict[str, Format] = {
    ListCode.UK: uk_tables.read_list,
    ListCode.UK_OFSI: uk_tables.read_consolidated,
}
_UTF8_MARK = b"\xef\xbb\xbf"


@contextmanager
def open_file(code: str, path: Path) -> Iterator[Reading]:
    """Open a file of this list in whichever of its formats it is in.

    Raises BadFile for a file that is empty, of another list, of a format that this list is not read in, or broken;
    also while its entries are read.
    """
    with path.open("rb") as file:
        start = file.read(200).removeprefix(_UTF8_MARK).lstrip()
    if not start:
        raise BadFile("The file is empty.")
    found = (_XML if start.startswith(b"<") else _TABLES).get(code)
    if found is None:
        known = [kind for kind, formats in (("XML", _XML), ("CSV", _TABLES)) if code in formats]
        raise BadFile(
            f"Files of this list are read as {' or '.join(known)}, which this one is not."
        )
    with found(path) as reading:
        yield reading
