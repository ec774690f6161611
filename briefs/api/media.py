"""Which media types a client takes."""

import re

_REFUSED = re.compile(r";\s*q=0(\.0*)?\s*(;|$)", re.IGNORECASE)


def is_wanted(accept: str, content_type: str) -> bool:
    """Whether somebody who sent this Accept header takes this type; whoever reads JSON reads what is made of it."""
    ours = _bare(content_type)
    taken = {ours, "*/*", f"{ours.partition('/')[0]}/*"}
    if ours.endswith("+json"):
        taken.add("application/json")
    return not accept.strip() or any(
        _bare(part) in taken and not _REFUSED.search(part) for part in accept.split(",")
    )


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
