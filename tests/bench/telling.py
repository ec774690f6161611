"""What a benchmark says: progress on standard error, one JSON object a line on standard output."""

import json
import sys
import time

_started = time.monotonic()


def say(text: str) -> None:
    """Progress, for people."""
    minutes, seconds = divmod(int(time.monotonic() - _started), 60)
    print(f"[{minutes:02d}:{seconds:02d}] {text}", file=sys.stderr, flush=True)


def tell(
    name: str,
    value: float,
    unit: str,
    reference: float | None = None,
    ratio: float | None = None,
    line: str = "",
    holds: bool | None = None,
    statements: int | None = None,
) -> None:
    """One result; numbers have three digits."""
    told = {
        "name": name,
        "value": _short(value),
        "unit": unit,
        "reference": _short(reference),
        "ratio": _short(ratio),
        "sql": statements,
        "line": line,
        "holds": holds,
    }
    print(json.dumps(told), flush=True)


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")
