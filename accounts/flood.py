"""How much may come from one address, or over all, before it is refused.

Counts live in each web process, not in Valkey: a limit must neither cost a network trip nor fail with the broker.
With several web processes the limits apply to each.
"""

import ipaddress
import threading
import time
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

_EVERYBODY = "*"


class Flood:
    """Counts arrivals in a sliding window."""

    def __init__(self, per_address: int, over_all: int, window: float) -> None:
        self._limits = (per_address, over_all)
        self._window = window
        self._lock = threading.Lock()
        self._arrivals: dict[str, deque[float]] = {}

    def wait(self, address: str | None) -> float:
        """Count one arrival; seconds to wait when it is one too many, else 0. Refused arrivals do not count."""
        return self.wait_of({sender(address): self._limits[0]})

    def wait_of(self, limits: Mapping[str, int]) -> float:
        """The same for an arrival that counts for several senders, each with its own limit in the window."""
        now = time.monotonic()
        limits = {**limits, _EVERYBODY: self._limits[1]}
        with self._lock:
            self._forget(now - self._window)
            longest = max(self._wait(name, limit, now) for name, limit in limits.items())
            if not longest:
                for name in limits:
                    self._arrivals.setdefault(name, deque()).append(now)
        return longest

    def is_full(self, address: str | None) -> bool:
        """Whether one more arrival from there would have to wait; counts nothing."""
        now = time.monotonic()
        with self._lock:
            self._forget(now - self._window)
            return self._wait(sender(address), self._limits[0], now) > 0

    def _wait(self, key: str, limit: int, now: float) -> float:
        arrivals = self._arrivals.get(key) or deque()
        return arrivals[0] + self._window - now if len(arrivals) >= limit else 0.0

    def _forget(self, before: float) -> None:
        for key in list(self._arrivals):
            arrivals = self._arrivals[key]
            while arrivals and arrivals[0] <= before:
                arrivals.popleft()
            if not arrivals:
                del self._arrivals[key]

    def clear(self) -> None:
        """Forget every arrival."""
        with self._lock:
            self._arrivals.clear()


def sender(address: str | None) -> str:
    """Whom an address counts for: an IPv6 network of 64 bits, which one household holds, counts as one."""
    return network_of(address, 32, 64) or "unknown"


@lru_cache(maxsize=2048)
def network_of(address: str | None, bits: int, bits_of_ipv6: int) -> str:
    """The network of so many bits that an address stands in; "" when it is none. IPv4 written as IPv6 is IPv4."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, bits if ip.version == 4 else bits_of_ipv6), strict=False))


def address_of(request: HttpRequest | Request) -> str | None:
    """Where a request comes from; X-Forwarded-For is believed only as far as TRUSTED_PROXIES says."""
    told = request.META
    forwarded, remote = told.get("HTTP_X_FORWARDED_FOR"), told.get("REMOTE_ADDR")
    return _address(forwarded, remote, api_settings.NUM_PROXIES)


@lru_cache(maxsize=1024)
def _address(forwarded: str | None, remote: str | None, _proxies: int) -> str | None:
    request = HttpRequest()
    told = {"HTTP_X_FORWARDED_FOR": forwarded, "REMOTE_ADDR": remote}
    request.META = {name: value for name, value in told.items() if value is not None}
    return BaseThrottle().get_ident(cast(Request, request))  # it reads what both have
