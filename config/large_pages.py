"""The memory of a process that serves or works, in pages of 2 MB where the kernel has such.

What a request or a job touches is spread over all that was loaded: some hundred megabytes, of which the processor
remembers the places of few pages of 4 KB, and has to look up those of the others. It remembers large ones all.
"""

import ctypes
import mmap
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_SIZE = 2 * 1024 * 1024
_COLLAPSE = 25  # MADV_COLLAPSE, since Linux 6.1: now, and not when the kernel finds the time
# Private memory of no file that can be written to, and the heap, which is the same.
_OURS = re.compile(r"(?P<start>\w+)-(?P<end>\w+) rw-p \w+ 00:00 0 *(?:\[heap\])?")
_MAPS = Path("/proc/self/maps")


def gather() -> int:
    """Put what this process holds by now into large pages; how many bytes of it. Elsewhere than on Linux it is none.

    Done once, when all is loaded; it takes a tenth of a second. What the kernel refuses stays as it is.
    """
    try:
        advise = _advise()
        lines = _MAPS.read_text().splitlines()
    except (OSError, AttributeError):
        return 0
    gathered = 0
    for start, length in _whole_pages(lines):
        advise(start, length, mmap.MADV_HUGEPAGE)
        if advise(start, length, _COLLAPSE) == 0:
            gathered += length
    return gathered


def _advise() -> Callable[[int, int, int], int]:
    advise: Any = ctypes.CDLL(None).madvise
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    asked: Callable[[int, int, int], int] = advise
    return asked


def _whole_pages(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Where the large pages are that lie within our memory: start and length of each piece."""
    for line in lines:
        if found := _OURS.fullmatch(line):
            start, end = (int(found[name], 16) for name in ("start", "end"))
            start = -(-start // _SIZE) * _SIZE
            if length := max(0, end - start) // _SIZE * _SIZE:
                yield start, length
