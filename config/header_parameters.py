"""Parameters of media types that are written as RFC 2231 has it, with a star after the name: `charset*=utf-8''…`.

That is for mail. In HTTP no media type has one, and of hostile ones Python makes an exception, and Django a 500. They
are dropped before anybody reads them.
"""

import re
from typing import Any

Environ = dict[str, Any]
_STARRED = {
    "CONTENT_TYPE": re.compile(r";[^;=]*\*[^;]*"),
    "HTTP_ACCEPT": re.compile(r";[^,;=]*\*[^,;]*"),  # several types, with a star in some of them
}


def drop_starred(environ: Environ) -> Environ:
    """The request's environment without them; the same one when there are none, as nearly always."""
    changed = {}
    for name, starred in _STARRED.items():
        told = environ.get(name)
        if told and ";" in told and "*" in told:
            changed[name] = starred.sub("", told)
    return environ | changed if changed else environ
