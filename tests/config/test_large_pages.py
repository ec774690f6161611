import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import large_pages

PAGE = 0x200000
ASKED = """
from config import large_pages
kept = [str(number) for number in range(500_000)]
print(large_pages.gather(), kept == [str(number) for number in range(500_000)])
print(open("/proc/self/smaps_rollup").read())
"""


def test_what_a_process_holds_stays_the_same_in_large_pages():
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)

    gathered, is_same = told.stdout.split()[:2]
    found = re.search(r"AnonHugePages: +(\d+) kB", told.stdout)
    assert found
    assert is_same == "True"
    assert int(found[1]) * 1024 >= int(gathered) >= 0


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        (f"{PAGE:x}-{3 * PAGE:x} rw-p 00000000 00:00 0 ", [(PAGE, 2 * PAGE)]),
        (f"{PAGE + 1:x}-{3 * PAGE + 1:x} rw-p 00000000 00:00 0           [heap]", [(2 * PAGE, PAGE)]),
        (f"{PAGE + 1:x}-{3 * PAGE - 1:x} rw-p 00000000 00:00 0 ", []),
        (f"{PAGE:x}-{3 * PAGE:x} r--p 00000000 00:00 0 ", []),
        (f"{PAGE:x}-{3 * PAGE:x} rw-s 00000000 00:01 7  /dev/zero (deleted)", []),
        (f"{PAGE:x}-{3 * PAGE:x} rw-p 00000000 08:01 77 /usr/lib/libpython3.so", []),
        (f"{PAGE:x}-{3 * PAGE:x} rw-p 00000000 00:00 0           [stack]", []),
    ],
)  # fmt: skip
def test_only_whole_pages_of_private_memory_are_asked_for(line, pieces):
    assert list(large_pages._whole_pages([line])) == pieces


def test_elsewhere_nothing_is_gathered(monkeypatch):
    monkeypatch.setattr(large_pages, "_MAPS", Path("/nowhere"))

    assert large_pages.gather() == 0
