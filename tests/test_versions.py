"""No package older than the version that mended a hole which would concern us.

A tool that asks a vulnerability database finds nothing without a network and says "all is well"; this list does not.
"""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.version import Version

from config.supervisor import BASE_DIR

INSTALLED = {
    re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower(): Version(each.version)
    for each in distributions()
}
FLOORS = {
    "django": "5.2.19",  # CVE-2026-108147 uploads in memory, CVE-2026-113593 private pages in caches
    "djangorestframework": "3.18.3",  # 3.17.2: bodies beyond DATA_UPLOAD_MAX_MEMORY_SIZE
    "celery": "5.7.0",  # 5.6 wrote broker passwords to logs
    "kombu": "5.7.0",  # workers that stay deaf after a reconnect
}
# Not ours today; if one comes, it comes mended.
FLOORS_IF_INSTALLED = {
    "django-allauth": "65.21",  # 65.14.2: X-Forwarded-For believed
    "gunicorn": "23",  # CVE-2024-1135, CVE-2024-6827: request smuggling
    "weasyprint": "70.0",  # CVE-2026-55073: files and hosts reached from a document
}
LOCKS = ["requirements-boot.txt", "requirements.txt", "requirements-dev.txt"]


def pins(lock: str) -> dict[str, Version]:
    """Name and version of each package that a lock pins for this Python."""
    lines = re.findall(
        r"^([a-z0-9._-]+)(?:\[[^]]*])?==([^ ;\\]+)", (BASE_DIR / lock).read_text(), re.M
    )
    return {re.sub(r"[-_.]+", "-", name): Version(version) for name, version in lines}


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_package_is_not_older_than_its_floor(name: str, floor: str) -> None:
    assert INSTALLED[name] >= Version(floor)


@pytest.mark.parametrize(("name", "floor"), FLOORS_IF_INSTALLED.items())
def test_package_that_may_come_is_not_older_than_its_floor(name: str, floor: str) -> None:
    assert INSTALLED.get(name, Version(floor)) >= Version(floor)


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_installed_is_what_the_lock_pins(lock: str) -> None:
    pinned = pins(lock)

    assert pinned
    differing = {n: (v, INSTALLED[n]) for n, v in pinned.items() if INSTALLED.get(n, v) != v}
    assert differing == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_a_hash_for_every_package_and_names_no_index(lock: str) -> None:
    text = Path(BASE_DIR / lock).read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text)

    assert [e.split()[0] for e in entries if "==" in e and "--hash=sha256:" not in e] == []
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", text) == []
