"""Looks at sockets and words into them that never wait, and so keep the interpreter's lock.

Either takes microseconds. To get the lock back from other threads takes many, and they are woken for it.
"""

import ctypes
import select
from collections.abc import Callable
from functools import partial
from socket import MSG_DONTWAIT, MSG_NOSIGNAL

_library = ctypes.PyDLL(None)
_poll = _library.poll
_poll.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int]
_send = _library.send
_send.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
_send.restype = ctypes.c_ssize_t


class _Asked(ctypes.Structure):
    """`struct pollfd`."""

    _fields_ = (("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short))


def look_at(fileno: int) -> Callable[[], int]:
    """What tells whether there is something to read, or the end of it: then it answers another number than 0."""
    asked = _Asked(fileno, select.POLLIN, 0)
    return partial(_poll, ctypes.byref(asked), 1, 0)


def is_sent(fileno: int, data: bytes) -> bool:
    """Put it on its way; whether all of it is. Of what is not some may be."""
    sent: int = _send(fileno, data, len(data), MSG_DONTWAIT | MSG_NOSIGNAL)
    return sent == len(data)
