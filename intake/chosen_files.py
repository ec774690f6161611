"""Files of a form that comes back: no browser fills them in again, so they are asked for by name."""

from typing import Any

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from intake.attachments import shown_name

_MOST_NAMED = 10
# Names the files of an earlier try: a page in another language would not know of them.
_BEFORE = "attachments_before"


class ChosenFiles:
    """A form with files in the field `attachments`."""

    data: Any
    files: Any

    def named_files(self) -> list[str]:
        """The names of the files that came, also of those of which nothing else did; else of those that came before."""
        files = self.files.getlist("attachments") if self.files else []
        names = [str(file.name) for file in files] + self._words("attachments")
        return [shown_name(name) for name in names or self._words(_BEFORE)]

    def files_to_choose_again(self) -> SafeString:
        """What to say of them, which goes along until they are chosen; empty when there are none."""
        names = self.named_files()[:_MOST_NAMED]
        if not names:
            return SafeString("")
        told = gettext("Choose your files again, since a page cannot keep them: %(names)s") % {
            "names": ", ".join(names)
        }
        carried = format_html_join(
            "", '<input type="hidden" name="{}" value="{}">', ((_BEFORE, name) for name in names)
        )
        return format_html("{}{}", told, carried)

    def _words(self, name: str) -> list[str]:
        """What came under this name that was no file."""
        words = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
        return list(filter(None, words))
