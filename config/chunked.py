"""Bodies whose length the sender does not tell beforehand (Transfer-Encoding: chunked).

Django takes a request without Content-Length for one without a body. Here the body is read, bounded, and its length
told; of one that is larger than anything we take the beginning is passed on, and a length that the view refuses.
"""

import tempfile
from typing import Any

Environ = dict[str, Any]
LARGEST = 34 * 1024 * 1024  # three files of 10 MB, and their words
TOO_LARGE = 10**9
_IN_MEMORY = 1_000_000
_CHUNK = 65_536


def tell_length(environ: Environ) -> Environ:
    """The request's environment, of a chunked request with the body read and its length in it; `forget` it."""
    is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    if not is_chunked or environ.get("CONTENT_LENGTH"):
        return environ
    kept = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    length = 0
    while length <= LARGEST and (chunk := environ["wsgi.input"].read(_CHUNK)):
        kept.write(chunk)
        length += len(chunk)
    kept.seek(0)
    told = str(length if length <= LARGEST else TOO_LARGE)
    return environ | {"wsgi.input": kept, "CONTENT_LENGTH": told}


def forget(environ: Environ) -> None:
    """Let go of a body that was kept."""
    if isinstance(environ["wsgi.input"], tempfile.SpooledTemporaryFile):
        environ["wsgi.input"].close()
