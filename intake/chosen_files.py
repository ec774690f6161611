"""Files of a form that comes back: no browser fills them in again, so they are asked for by name."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from intake.attachments import shown_name

_MOST_NAMED = 10


class ChosenFiles:
    """A form with files in the field `attachments`."""

    data: Any
    files: Any

    def named_files(self) -> list[str]:
        """The names of the files that came, also of those of which nothing else did."""
        files = self.files.getlist("attachments") if self.files else []
        words = self.data.getlist("attachments") if isinstance(self.data, QueryDict) else []
        return [shown_name(str(name)) for name in (*(f.name for f in files), *filter(None, words))]

    def files_to_choose_again(self) -> str:
        """What to say of them; empty when there are none."""
        names = self.named_files()
        if not names:
            return ""
        return gettext("Choose your files again, since a page cannot keep them: %(names)s") % {
            "names": ", ".join(names[:_MOST_NAMED])
        }
