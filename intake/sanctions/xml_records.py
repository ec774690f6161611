"""Records out of a large XML file, one after the other: memory holds one of them, whatever the size of the file.

A file that declares a document type is refused before anything in it is read, so that it can neither expand entities
nor reach for another file (the XML attacks of https://docs.python.org/3/library/xml.html#xml-security).
"""

# The parser is told to stop at a document type, which is what makes it safe: see `doctype` below.
import xml.etree.ElementTree as ET  # nosec B405
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from intake.sanctions.entries import BadFile

Element = ET.Element
_CHUNK = 64 * 1024
_DEEPEST = 50


@dataclass
class Records:
    """The root's name and attributes, what stands before the first record, and the records as they are asked for."""

    root: str
    attributes: dict[str, str]
    before: dict[str, str]
    elements: Iterator[ET.Element]


@contextmanager
def records(path: Path, *, root: str, record: str | tuple[str, ...]) -> Iterator[Records]:
    """Open a file whose outermost element is `root` and read the elements called `record`, names without namespace.

    Raises BadFile, on opening or on reading, for what is no such XML, ends too soon or declares a document type.
    """
    wanted = {record} if isinstance(record, str) else set(record)
    with path.open("rb") as file:
        target = _Target(root, wanted)
        found = _read(file, ET.XMLParser(target=target), target)  # noqa: S314 # nosec B314
        first = next(found, None)
        if target.attributes is None:
            raise BadFile("The file is empty.")
        yield Records(root, target.attributes, target.before, _chained(first, found))


def _chained(first: ET.Element | None, rest: Iterator[ET.Element]) -> Iterator[ET.Element]:
    if first is not None:
        yield first
        yield from rest


def _read(file: BinaryIO, parser: ET.XMLParser, target: "_Target") -> Iterator[ET.Element]:
    try:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
            yield from target.take()
        parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        # The text of the error may hold words of the file; where it is says enough.
        where = getattr(error, "position", None)
        raise BadFile(
            f"The file is no whole XML: it breaks off or has an error{f' at line {where[0]}' if where else ''}. "
            "Fetch it again."
        ) from error
    yield from target.take()


@dataclass
class _Target:
    """What the parser tells of the file. Builds elements only inside records."""

    root: str
    wanted: set[str]
    attributes: dict[str, str] | None = None
    before: dict[str, str] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _builder: ET.TreeBuilder | None = None
    _depth: int = 0
    _text: list[str] = field(default_factory=list)
    _done: list[ET.Element] = field(default_factory=list)
    _any_record: bool = False

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise BadFile(
            "The file declares a document type, which none of the publishers does. It was not read."
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if not self._path and self.attributes is None:
            if name != self.root:
                raise BadFile(
                    f"The file is not of this list: it begins with <{name[:40]}>, not with <{self.root}>."
                )
            self.attributes = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise BadFile("The file nests its elements deeper than any list does. It was not read.")
        if self._builder is None and name in self.wanted and len(self._path) > 1:
            self._builder, self._depth, self._any_record = ET.TreeBuilder(), len(self._path), True
        if self._builder is not None:
            self._builder.start(
                name, {key.rpartition("}")[2]: value for key, value in attributes.items()}
            )
        self._text = []

    def data(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)
        elif not self._any_record:
            self._text.append(text)

    def end(self, tag: str) -> None:
        name = self._path.pop()
        if self._builder is not None:
            self._builder.end(name)
            if len(self._path) < self._depth:
                self._done.append(self._builder.close())
                self._builder = None
        elif not self._any_record and (text := "".join(self._text).strip()):
            self.before[name] = text
        self._text = []

    def close(self) -> None:
        """Nothing is left to do at the end of the file."""

    def take(self) -> Iterator[ET.Element]:
        """The records that are complete by now."""
        done, self._done = self._done, []
        yield from done


def text(element: ET.Element, path: str) -> str:
    """The text below, with single spaces; "" without one."""
    return " ".join((element.findtext(path) or "").split())


def texts(element: ET.Element, path: str) -> list[str]:
    """The texts below that say something."""
    return [
        said for each in element.iterfind(path) if (said := " ".join((each.text or "").split()))
    ]
