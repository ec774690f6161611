"""Bodies whose length the sender does not tell beforehand (Transfer-Encoding: chunked, HTTP/2).

Django takes a request without Content-Length for one without a body. Here the body is read, bounded, and its length
told; of one that is larger than anything we take the beginning is passed on, and a length that the view refuses.
"""

import os
import tempfile
from typing import IO, Any

Environ = dict[str, Any]
LARGEST = 34 * 1024 * 1024  # three files of 10 MB, and their words
TOO_LARGE = 10**9
_IN_MEMORY = 1_000_000
_CHUNK = 65_536
_LONGEST_END = 256  # of a form: its boundary, at most 70 letters, and blanks


def tell_length(environ: Environ) -> Environ:
    """The request's environment, of a chunked request with the body read and its length in it; `forget` it."""
    if environ.get("CONTENT_LENGTH") or not _has_body(environ):
        return environ
    kept = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    length = 0
    while length <= LARGEST and (chunk := environ["wsgi.input"].read(_CHUNK)):
        kept.write(chunk)
        length += len(chunk)
    length += not _is_whole(kept, environ)  # so that reading it tells
    kept.seek(0)
    told = str(length if length <= LARGEST else TOO_LARGE)
    return environ | {"wsgi.input": kept, "CONTENT_LENGTH": told}


def _has_body(environ: Environ) -> bool:
    """Whether there may be one although no length is told."""
    is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    is_http2 = environ.get("SERVER_PROTOCOL", "").startswith("HTTP/2")
    return is_chunked or (is_http2 and environ["REQUEST_METHOD"] not in ("GET", "HEAD"))


def _is_whole(kept: IO[bytes], environ: Environ) -> bool:
    """Whether a form with files has its end. The web server does not say when the connection was lost before it."""
    if not environ.get("CONTENT_TYPE", "").lower().startswith("multipart/"):
        return True  # JSON without its end is none
    length = kept.seek(0, os.SEEK_END)
    kept.seek(max(0, length - _LONGEST_END))
    return kept.read().rstrip().endswith(b"--")


def is_beginning(environ: Environ) -> bool:
    """Whether only the beginning of its body was kept."""
    return _is_kept(environ) and environ["CONTENT_LENGTH"] == str(TOO_LARGE)


def forget(environ: Environ) -> None:
    """Let go of a body that was kept."""
    if _is_kept(environ):
        environ["wsgi.input"].close()


def _is_kept(environ: Environ) -> bool:
    return isinstance(environ["wsgi.input"], tempfile.SpooledTemporaryFile)
