"""Reading pages as a browser does: fields with what they hold, links, errors."""

from html.parser import HTMLParser
from typing import Any

VOID = {"input", "br", "meta", "link", "path"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.title = ""
        self.links: list[tuple[str, str]] = []
        self.fields: dict[str, Any] = {}
        self.described: dict[str, list[str]] = {}
        self.texts: dict[str, str] = {}
        self._open: list[tuple[str, str | None]] = []
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
            self.texts[given["id"]] = ""
        if tag not in VOID:
            self._open.append((tag, given.get("id")))
        if tag == "a":
            self.links.append((given.get("href", ""), ""))
        if "name" in given:
            self._field(tag, given["name"], given)
        elif tag == "option" and ("selected" in given or self.fields[self._select] is None):
            self.fields[self._select] = given["value"]

    def _field(self, tag: str, name: str, given: dict[str, str]) -> None:
        self.described[name] = given.get("aria-describedby", "").split()
        if given.get("type") == "checkbox":
            chosen = self.fields.setdefault(name, [])
            chosen += [given.get("value", "on")] if "checked" in given else []
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select, self.fields[name] = name, None
        elif tag == "input":
            self.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "textarea":
            # A browser drops the line break right after the tag, which Django writes.
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "title":
            self.title += data
        if self._area:
            self.fields[self._area] += data
        if self._open and self._open[-1][0] == "a" and self.links:
            href, text = self.links[-1]
            self.links[-1] = (href, text + data)
        for _, element in self._open:
            if element:
                self.texts[element] += data


class Page:
    """What a page holds."""

    def __init__(self, response: Any) -> None:
        reader = _Reader()
        reader.feed(response.content.decode())
        self.title = reader.title.strip()
        self.ids = reader.ids
        self.links = reader.links
        self.fields = reader.fields
        self.described = reader.described
        self._texts = reader.texts

    def error(self, name: str) -> str | None:
        """The error shown at a field; None when there is none."""
        text = self._texts.get(f"id_{name}_error")
        return None if text is None else text.removeprefix("Error: ")

    def summary(self) -> dict[str, str]:
        """The links to fields: the id that each goes to, and its words."""
        return {href[1:]: text for href, text in self.links if href.startswith("#id_")}
