"""How often the same sender was seen lately, counted in Valkey under keyed digests that say nothing of who it is.

A Valkey that is away costs nothing: then nothing is counted, and nobody is held back for it.
"""

from collections.abc import Mapping

from accounts import flood
from accounts.keyed_digests import keyed_digest
from briefs import freshness
from jobs.hints import BrokerAway

HOUR, DAY = 3600, 86_400
# What is counted, and for how many seconds from the first time.
WINDOWS = {"network": HOUR, "browser": HOUR, "email": DAY, "form": DAY}
_COUNT = """
local seen = {}
for i, key in ipairs(KEYS) do
  seen[i] = redis.call('INCR', key)
  if seen[i] == 1 then redis.call('EXPIRE', key, ARGV[i]) end
end
return seen
"""
# Before what is digested; another one begins all counts anew.
SALT = "intake.counting"


def count(seen: Mapping[str, str]) -> dict[str, int]:
    """Count one more of each, in one trip; how many there were with it. Empty when Valkey is away."""
    wanted = {kind: value for kind, value in seen.items() if value}
    if not wanted:
        return {}
    keys = [_key(kind, value) for kind, value in wanted.items()]
    words = [_COUNT, str(len(keys)), *keys, *(str(WINDOWS[kind]) for kind in wanted)]
    try:
        counts: list[int] = freshness.ask("EVAL", *words)
    except BrokerAway:
        return {}
    return dict(zip(wanted, counts, strict=True))


def _key(kind: str, value: str) -> str:
    digest = keyed_digest(SALT, value.encode("utf-8", "surrogatepass")).hex()
    return f"{freshness.prefix()}seen:{kind}:{digest[:24]}"


def network_of(address: str | None) -> str:
    """The network that an address counts for: 24 bits of IPv4, 56 of IPv6; "" when it is none."""
    return flood.network_of(address, 24, 56)
