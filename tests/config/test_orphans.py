import os
import subprocess
from pathlib import Path

from config import embedded, orphans, ports, supervisor


def test_what_an_earlier_run_has_left_is_stopped_and_nothing_else(tmp_path: Path) -> None:
    home = tmp_path / "home"
    marked = os.environ | {orphans.MARK: str(home)}
    ours = supervisor.spawn("web", ["/bin/sleep", "600"], log=tmp_path / "log", env=marked)
    valkey = embedded.Valkey(home / "valkey", tmp_path / "valkey.log", ports.choose(), "secret")
    server = valkey.start()
    valkey.wait_ready(server)
    other = subprocess.Popen(["/bin/sleep", "600"], env=marked | {orphans.MARK: f"{home}2"})
    ours.wait_until(lambda: ours.pid in orphans.left_in(home))
    (home / "web.pid").write_text(f"{other.pid}\n")

    stopped = orphans.clear(home, seconds=60)
    is_left = other.poll() is None
    other.kill()
    other.wait()

    assert stopped == 2
    assert (ours.process.wait(), server.process.wait()) == (-2, 0)
    assert is_left, "a stale pid file names a process of somebody else"
    assert not (home / "web.pid").exists()
