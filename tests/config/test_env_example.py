"""The list of settings that people copy is the list that the code reads."""

import re

from config.supervisor import BASE_DIR

READS = re.compile(
    r"""(?:env\.(?:str|bool|int|list)|required|number|json_object)\(\s*"([A-Z_]+)\""""
)
NAMES = re.compile(r"^#?([A-Z_]+)=", re.M)


def test_env_example_names_exactly_the_settings_that_are_read() -> None:
    files = [BASE_DIR / "config" / name for name in ("settings.py", "house_calendar.py")]
    read = {name for file in files for name in READS.findall(file.read_text())}
    listed = NAMES.findall((BASE_DIR / ".env.example").read_text())

    assert set(listed) == read
    assert len(listed) == len(read)
