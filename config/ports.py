"""TCP ports of this machine."""

import socket


def is_free(port: int) -> bool:
    """Whether a server of ours could listen on this port of 127.0.0.1 now."""
    try:
        _bound(port).close()
    except OSError:
        return False
    return True


def choose(preferred: int = 0) -> int:
    """A port of 127.0.0.1 for a server of ours: `preferred` if it is free, else any; nobody else gets it now."""
    held = _bound(preferred if preferred and is_free(preferred) else 0)
    port = int(held.getsockname()[1])
    # Open until this process ends. A port that is only bound hinders no server, which may bind it too; no connection
    # that somebody makes while that server starts, or is down, gets it as its own end.
    held.detach()
    return port


def _bound(port: int) -> socket.socket:
    probe = socket.socket()
    # As servers do: without it a port that was used a minute ago looks taken.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        probe.close()
        raise
    return probe
