"""How few messages tell workers of many jobs: each costs them as much as many a job."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from jobs import kinds

Due = Sequence[tuple[str, int]]  # kinds and ids
_IN_TURN = 10


def of(due: Iterable[tuple[str, int]]) -> Iterator[tuple[str, list[int]]]:
    """Of kinds and ids of jobs what to tell workers of, a message each.

    Of a kind that does fifty together every fiftieth, of another ten at a time, to be done one after the other. One
    whose kind is given as "" is told alone.
    """
    together, seen, others = kinds.together(), Counter[str](), defaultdict[str, list[int]](list)
    for kind, pk in due:
        if not kind or kind in together:
            if seen[kind] % together.get(kind, 1) == 0:
                yield kind, [pk]
            seen[kind] += 1
        else:
            others[kind].append(pk)
    for kind, pks in others.items():
        for start in range(0, len(pks), _IN_TURN):
            yield kind, pks[start : start + _IN_TURN]


def across_kinds(due: Iterable[tuple[str, int]]) -> Iterator[list[int]]:
    """The same in fewer: those of all kinds together, the first of each, then the second, to be done in that order."""
    found = defaultdict[str, list[list[int]]](list)
    for kind, pks in of(due):
        found[kind].append(pks)
    for each in zip_longest(*found.values(), fillvalue=[]):
        yield [pk for pks in each for pk in pks]
