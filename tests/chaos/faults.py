"""What can go wrong: a part is killed, frozen, restarted or loses its data, for a while of random length."""

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tests.chaos.house import House
from tests.processes import Workers

Step = Callable[[House], None]
OURS = ("web", "worker", "sweep")


@dataclass(frozen=True)
class Fault:
    """One way to hurt the house, and how it is over; it lasts between so many seconds."""

    name: str
    begin: Step
    end: Step
    seconds: tuple[float, float] = (0.5, 4)


@dataclass(frozen=True)
class Span:
    """When a fault was, in seconds since 1970, until all ran again."""

    fault: str
    began: float
    ended: float

    def touches(self, began: float, ended: float) -> bool:
        """Whether it shares a moment with this time."""
        return self.began <= ended and began <= self.ended


def _kill(part: str, house: House) -> None:
    house.part(part).kill()


def _freeze(part: str, house: House) -> None:
    house.part(part).freeze()


def _resume(part: str, house: House) -> None:
    house.part(part).resume()


def _stop(part: str, house: House) -> None:
    house.part(part).stop()


def _start(part: str, house: House) -> None:
    house.start(part)


def _mood(mood: str, house: House) -> None:
    house.set_mood(mood)


def _nothing(house: House) -> None:
    """It is over by itself."""


def _kill_child(house: House) -> None:
    """One that routes, and one that does all else."""
    workers = house.part("worker")
    assert isinstance(workers, Workers)
    for pid in {*workers.pool[:1], *workers.pool[-1:]}:
        os.kill(pid, signal.SIGKILL)


def _lose_broker(house: House) -> None:
    house.part("valkey").kill()
    house.forget_messages()


def killed(part: str) -> Fault:
    """kill -9 of the whole group, started again."""
    return Fault(f"{part} killed", partial(_kill, part), partial(_start, part))


def frozen(part: str, seconds: tuple[float, float] = (0.5, 4)) -> Fault:
    """Nothing answers, every connection stays open."""
    return Fault(f"{part} frozen", partial(_freeze, part), partial(_resume, part), seconds)


def restarted(part: str) -> Fault:
    """Stopped in order, started again."""
    return Fault(f"{part} restarted", partial(_stop, part), partial(_start, part))


def moody(mood: str) -> Fault:
    """The mail server refuses for now, hangs, or dies after it took a mail."""
    return Fault(f"mail server: {mood}", partial(_mood, mood), partial(_mood, "take"))


# The short run takes them all, the long one again and again.
FAULTS = (
    *(killed(part) for part in (*OURS, "valkey", "smtp")),
    *(frozen(part) for part in (*OURS, "valkey", "postgres")),
    *(restarted(part) for part in OURS),
    *(moody(mood) for mood in ("refuse", "hang", "die")),
    Fault("one process of each worker killed", _kill_child, _nothing),
    Fault("valkey emptied", lambda house: house.stack.valkey.flush(), _nothing),
    Fault("valkey killed, its data gone", _lose_broker, partial(_start, "valkey")),
    Fault("postgres crashed", lambda house: house.crash_database(), partial(_start, "postgres")),
)
# Too slow for the short run: the lease of what it works on runs out meanwhile.
SLOW = (frozen("worker", (32, 36)),)


def course(chance: random.Random, number: int, faults: Sequence[Fault]) -> list[Fault]:
    """So many faults in random order, each as often as any other."""
    rounds = -(-number // len(faults))
    return [fault for _ in range(rounds) for fault in chance.sample(faults, len(faults))][:number]


def inflict(house: House, fault: Fault, chance: random.Random) -> Span:
    """Hurt the house for a while, mend it, start again what ended by itself; say when that was."""
    began = time.time()
    fault.begin(house)
    time.sleep(chance.uniform(*fault.seconds))
    fault.end(house)
    house.supervise()
    return Span(fault.name, began, time.time())
