"""The list of settings that people copy is the list that the code reads."""

import re

from config.supervisor import BASE_DIR

READS = re.compile(r"""(?:env\.(?:str|bool|int|list)|required|json_object)\(\s*"([A-Z_]+)\"""")
NAMES = re.compile(r"^#?([A-Z_]+)=", re.M)


def test_env_example_names_exactly_the_settings_that_are_read() -> None:
    read = set(READS.findall((BASE_DIR / "config" / "settings.py").read_text()))
    listed = NAMES.findall((BASE_DIR / ".env.example").read_text())

    assert set(listed) == read
    assert len(listed) == len(read)
