"""The editor for a brief's text: what it can write is what `rendering.sanitise` lets through."""

from typing import Any

from django_prose_editor.widgets import AdminProseEditorWidget

_EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Heading": {"levels": [2, 3]},
    "Blockquote": True,
    "HardBreak": True,
    "HorizontalRule": True,
    "Link": {"protocols": ["http", "https", "mailto"], "enableTarget": False},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
}


class RichTextWidget(AdminProseEditorWidget):
    """A rich text editor; without JavaScript, the HTML in a text area."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            attrs={"rows": 30, "class": "staff-html"} | (attrs or {}),
            config={"extensions": _EXTENSIONS},
            preset="configurable",
        )
