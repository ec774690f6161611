"""Our fonts, cut from their packages to what pages and PDFs need: `python -m config.fonts` does it once.

`<directory>/web/*.woff2` are variable in weight, for browsers; `<directory>/pdf/*.ttf` have one weight each, for Typst.
The work (some 20 s of one processor) is kept in the virtual environment and copied from there.
"""

import fcntl
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import supervisor

PACKAGES = ["fontpkg-inter", "fontpkg-source-serif-4", "fontpkg-noto-sans-arabic", "fonttools"]
WEIGHTS_OF_THE_WEB = (400, 700)
STAMP = "stamp"
IN_ENVIRONMENT = sys.prefix != sys.base_prefix
CACHE = Path(sys.prefix) / "fonts"


@dataclass(frozen=True)
class Cut:
    """One variable font and what is kept of it."""

    family: str
    characters: str  # a key of `font_cutting.CHARACTERS`
    pinned: tuple[tuple[str, float], ...]  # axes that are held at one value
    pdf_weights: tuple[int, ...]
    style: str = "normal"
    web: bool = True


CUTS = {
    # 16 is the optical size of our running text, on screen and on paper.
    "source-serif-4": Cut("Source Serif 4", "latin", (("opsz", 16),), (400, 600)),
    "source-serif-4-italic": Cut("Source Serif 4", "latin", (("opsz", 16),), (400,), "italic"),
    "inter": Cut("Inter", "latin", (("opsz", 14),), (400, 600)),
    "noto-sans-arabic": Cut("Noto Sans Arabic", "arabic", (("wdth", 100),), (400, 600)),
    # Typst turns to it for a letter that the others lack: a client's name in Greek, Russian, Vietnamese.
    "inter-rest": Cut("Inter Rest", "rest", (("opsz", 14),), (400,), web=False),
}


def version() -> str:
    """Changes with the packages, with what is cut, and with how."""
    parts = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    how = Path(__file__).with_name("font_cutting.py").read_bytes() + repr(CUTS).encode()
    return "\n".join([*parts, hashlib.sha256(how).hexdigest(), ""])


def is_current(directory: Path) -> bool:
    """Whether the directory holds the fonts of this version, whole."""
    stamp = directory / STAMP
    return stamp.exists() and stamp.read_text() == version()


def place(directory: Path) -> None:
    """Have the current fonts in `directory`: kept from the last time, copied from the environment, or cut now."""
    if is_current(directory):
        return
    if not IN_ENVIRONMENT:
        cut(directory)
        return
    cut(CACHE)
    with replacing(directory) as new:
        shutil.copytree(CACHE, new, dirs_exist_ok=True)


def cut(directory: Path) -> None:
    """Cut all fonts into `directory`, each in a process of its own; returns at once if they are current."""
    if is_current(directory):
        return
    with replacing(directory) as new:
        module = [sys.executable, "-m", "config.font_cutting"]
        commands = [supervisor.launched([*module, name, new]) for name in CUTS]
        running = [subprocess.Popen(command, cwd=supervisor.BASE_DIR) for command in commands]
        failed = [name for name, child in zip(CUTS, running, strict=True) if child.wait()]
        if failed:
            raise supervisor.CannotStart(f"Fonts that could not be cut: {', '.join(failed)}.")
        (new / STAMP).write_text(version())


@contextmanager
def replacing(directory: Path) -> Iterator[Path]:
    """An empty directory that takes the place of `directory` when all went well; one at a time."""
    new = directory.with_name(directory.name + ".new")
    directory.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(directory.with_name(directory.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        yield new
        shutil.rmtree(directory, ignore_errors=True)
        new.rename(directory)
    finally:
        os.close(handle)


def main() -> None:
    """Place the fonts where the settings look for them, or in the directory given."""
    home = Path(os.environ.get("DERISK_HOME", supervisor.BASE_DIR / "var"))
    began = time.monotonic()
    place(Path(sys.argv[1]) if len(sys.argv) > 1 else home / "fonts")
    print(f"Fonts ready ({time.monotonic() - began:.1f} s)")


if __name__ == "__main__":
    main()
