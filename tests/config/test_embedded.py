import os
import tempfile
from pathlib import Path

import psycopg
import pytest

from config import embedded, ports
from config.supervisor import CannotStart


def postgres(directory: Path) -> embedded.Postgres:
    log = directory / "postgres.log"
    return embedded.Postgres(directory / "data", log, ports.choose(), "secret", durable=False)


def everybody_may_enter(directory: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in (directory, *directory.parents))


@pytest.mark.parametrize("run_as", ["namespace", "nobody"])
def test_postgres_starts_for_root_either_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_as: str
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root has to become somebody else")
    if run_as == "namespace" and embedded.unprivileged() == "nobody":
        pytest.skip("this system refuses user namespaces")
    if run_as == "nobody" and not everybody_may_enter(embedded.postgres_bin()):
        pytest.skip("the project lies in a directory that only root may enter")
    for directory in (tmp_path, *tmp_path.parents):
        if directory.is_relative_to(tempfile.gettempdir() + "/"):
            directory.chmod(directory.stat().st_mode | 0o011)  # nobody must get there
    monkeypatch.setattr(embedded, "unprivileged", lambda: run_as)
    server = postgres(tmp_path)

    server.finish_initdb(server.begin_initdb())
    child = server.start()
    server.wait_ready(child)

    with psycopg.connect(server.url()) as connection:
        assert connection.info.server_version // 10_000 == 18
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url().replace("secret", "guess"))
    child.stop()


def test_initdb_that_was_killed_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    server = postgres(tmp_path)
    killed = server.begin_initdb()
    assert killed is not None
    killed.kill()
    killed.communicate()
    assert not server.data.exists()

    server.finish_initdb(server.begin_initdb())

    assert (server.data / "PG_VERSION").read_text() == "18\n"


def test_initdb_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "INITDB", ["--no-such-option"])
    server = postgres(tmp_path)

    with pytest.raises(CannotStart, match="unrecognized option '--no-such-option'"):
        server.finish_initdb(server.begin_initdb())


def test_valkey_that_cannot_have_its_port_says_so(tmp_path: Path) -> None:
    port = ports.choose()
    first, second = (
        embedded.Valkey(tmp_path / name, tmp_path / f"{name}.log", port, "secret")
        for name in ("first", "second")
    )
    child = first.start()
    first.wait_ready(child)

    refused = second.start()
    with pytest.raises(CannotStart, match="Address already in use"):
        refused.wait_until(lambda: False)

    child.stop()
