"""Ask a web server on this machine as fast as it answers: one process and one kept connection for each client.

    echo '{"port": 8000, "paths": ["/"], "headers": {}, "clients": 8, "seconds": 1}' | python -S driver.py

A script of its own with plain sockets, so that it costs little beside what it measures; it answers with JSON. Standard
library only. Stops after so many seconds, or so many answers when the wish has a "count"; with a "pace" it sends at
most so many a second, evenly. Twelve times UNIQUE's sign in a body become another number in each request.
"""

import json
import os
import socket
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

_LIMIT = 10  # seconds that one answer may take
UNIQUE = b"@" * 12


def main() -> None:
    """Read the wish, fork the clients, print what they saw."""
    wish = json.load(sys.stdin)
    start = time.monotonic() + 0.02 * wish["clients"]
    children = [_client(wish, number, start) for number in range(wish["clients"])]
    seen = [json.loads(os.fdopen(pipe).read() or "null") for _, pipe in children]
    for pid, _ in children:
        os.waitpid(pid, 0)
    if None in seen:
        sys.exit("A client failed.")
    times = sorted(took for one in seen for took in one["times"])
    by_status = Counter(status for one in seen for status in one["statuses"])
    print(
        json.dumps(
            {
                "rate": len(times) / (wish.get("seconds") or max(one["took"] for one in seen)),
                "p50": statistics.median(times) * 1000,
                "p95": times[int(len(times) * 0.95)] * 1000,
                "count": len(times),
                "statuses": sorted(by_status),
                "by_status": by_status,
                "bytes": max(one["bytes"] for one in seen),
            }
        )
    )


def _client(wish: dict[str, Any], number: int, start: float) -> tuple[int, int]:
    """A child that asks until the time is up and writes what it saw to a pipe."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.close(reading)
    try:
        with os.fdopen(writing, "w") as out:
            json.dump(_ask(wish, number, start), out)
    finally:
        os._exit(0)


def _ask(wish: dict[str, Any], number: int, start: float) -> dict[str, Any]:
    requests = _requests(wish, number)
    times: list[float] = []
    statuses: list[int] = []
    most = 0
    count = wish.get("count", 0) // wish["clients"]
    pause = wish["clients"] / wish["pace"] if wish.get("pace") else 0
    with socket.create_connection(("127.0.0.1", wish["port"]), timeout=_LIMIT) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = bytearray(262_144)
        time.sleep(max(0, start + pause * number / wish["clients"] - time.monotonic()))
        began = before = time.monotonic()
        end = began + wish.get("seconds", 0)
        while len(times) < count or before < end or not times:
            server.sendall(next(requests))
            status, size = _answer(server, buffer)
            after = time.monotonic()
            times.append(after - before)
            before = after
            statuses.append(status)
            most = max(most, size)
            if pause and (left := began + pause * len(times) - before) > 0:
                time.sleep(left)
                before = time.monotonic()
    return {"times": times, "statuses": statuses, "bytes": most, "took": before - began}


def _requests(wish: dict[str, Any], number: int) -> Iterator[bytes]:
    body = wish.get("body", "").encode()
    headers = {"Host": f"localhost:{wish['port']}"} | wish["headers"]
    if body:
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    method = "POST" if body else "GET"
    paths = wish["paths"]
    shift = number * len(paths) // wish["clients"]
    made = [f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body for path in paths]
    asked = cycle(made[shift:] + made[:shift])
    return _numbered(asked, number) if any(UNIQUE in one for one in made) else asked


def _numbered(asked: Iterator[bytes], client: int) -> Iterator[bytes]:
    run = int.from_bytes(os.urandom(3), "big")
    for number, one in enumerate(asked):
        yield one.replace(UNIQUE, f"{run:06x}{client:02x}{number:04x}".encode())


def _answer(server: socket.socket, buffer: bytearray) -> tuple[int, int]:
    """Status and size of one answer; all of it is read."""
    view = memoryview(buffer)
    have = server.recv_into(view)
    while (end := buffer.find(b"\r\n\r\n", 0, have)) < 0:
        have += _more(server, view[have:])
    status = int(buffer[9:12])
    head = bytes(buffer[:end]).lower()
    _, found, length = head.partition(b"content-length: ")
    if found:
        left = end + 4 + int(length.partition(b"\r\n")[0]) - have
        while left > 0:
            took = _more(server, view)
            have, left = have + took, left - took
    elif status not in (204, 304):
        while buffer[:have][-5:] != b"0\r\n\r\n":  # in chunks
            have += _more(server, view[have:])
    return status, have


def _more(server: socket.socket, view: memoryview) -> int:
    took = server.recv_into(view)
    if not took:
        raise ConnectionError("The server has closed the connection.")
    return took


if __name__ == "__main__":
    main()
