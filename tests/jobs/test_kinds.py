import re

import pytest

from config.supervisor import BASE_DIR
from jobs import kinds

CLAIMED = re.compile(r'^@(?:kinds\.)?kind(?:_together|_in_turn)?\(\s*"([a-z_.]+)"', re.M)
# Whoever writes to the world, or draws for longer than a transaction should last.
OUTSIDE = {"briefs.card_image", "briefs.refresh", "mail.deliver", "proposals.render"}


def test_every_app_registers_its_kinds_under_its_own_name() -> None:
    tasks = {path.parent.name: path.read_text() for path in BASE_DIR.glob("*/tasks.py")}
    claimed = {app: CLAIMED.findall(text) for app, text in tasks.items()}
    ours = [name for name in kinds.names() if not name.startswith("tests.")]

    assert ours == sorted(name for names in claimed.values() for name in names)
    assert {"briefs", "intake", "mail", "proposals"} <= {name.partition(".")[0] for name in ours}
    for app, names in claimed.items():
        assert [name for name in names if not name.startswith(f"{app}.")] == []
        assert {kinds.find(name).work.__module__ for name in names} <= {f"{app}.tasks"}


def test_what_reaches_outside_holds_no_transaction() -> None:
    assert {name for name in OUTSIDE if not kinds.find(name).is_external} == set()


def test_a_name_belongs_to_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {})
    first = kinds.kind("tests.twice")(lambda job: None)
    kinds.kind("tests.twice")(first)  # a module that is imported again

    with pytest.raises(ValueError, match=r"tests\.twice"):
        kinds.kind("tests.twice")(lambda job: None)

    assert kinds.find("tests.twice").work is first


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(kinds.UnknownKind, match=r"^tests\.typo$"):
        kinds.find("tests.typo")
