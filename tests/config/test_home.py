import subprocess
import sys
from pathlib import Path

import pytest

from config import home
from config.supervisor import CannotStart


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    first = home.load_secrets(tmp_path)
    home.save_secrets(tmp_path, first | {"postgres_port": 5433})

    again = home.load_secrets(tmp_path)

    assert again == first | {"postgres_port": 5433}
    assert len(first["secret_key"]) >= 50
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_two_homes_have_different_secrets(tmp_path: Path) -> None:
    one, other = home.load_secrets(tmp_path), home.load_secrets(tmp_path)

    assert not {v for v in one.values() if v} & {v for v in other.values() if v}


def test_env_file_survives_a_shell(tmp_path: Path) -> None:
    env = dict.fromkeys(home.ENV_NAMES, "plain") | {"SECRET_KEY": 'it\'s $HOME; `x` & "y"'}
    home.write_env(tmp_path, env)
    read = [sys.executable, "-c", "import os; print(os.environ['SECRET_KEY'])"]

    script = 'set -a; . "$0"; exec "$@"'
    said = subprocess.run(
        ["/bin/sh", "-c", script, tmp_path / "env", *read], capture_output=True, text=True
    ).stdout

    assert said == env["SECRET_KEY"] + "\n"
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600


def test_home_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    first = home.held(tmp_path, "http://localhost:8000")
    second = home.held(tmp_path, "http://localhost:8001")
    with first, pytest.raises(CannotStart) as refusal, second:
        pass

    assert str(refusal.value) == (
        f"The demo is already running: http://localhost:8000 (its data is in {tmp_path})"
    )
    with home.held(tmp_path, "http://localhost:8001"):
        assert (tmp_path / "lock").read_text().startswith("http://localhost:8001 ")


def test_home_that_cannot_be_made_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotStart) as refusal:
        home.prepare(tmp_path / "file" / "home")

    assert str(refusal.value) == (
        f"Cannot write to {tmp_path}/file/home: Not a directory. Set DERISK_HOME."
    )
