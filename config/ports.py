"""TCP ports of this machine."""

import socket


def is_free(port: int) -> bool:
    """Whether a server of ours could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        # As servers do: without it a port that was used a minute ago looks taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose(preferred: int = 0) -> int:
    """A free port of 127.0.0.1: `preferred` if it is free, else any."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
