"""docs/api.md: each example does what the page says."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from intake import keys
from intake.models import ApiKey
from seeds import briefs_loading
from tests.factories import UserFactory

GUIDE = (Path(settings.BASE_DIR) / "docs/api.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```sh\n(.*?)```(?:\n```json\n(.*?)```)?", re.DOTALL)


def ask(client: Client, line: str) -> tuple[Any, int]:
    """The answer to a line of curl, and the status that the page tells."""
    command, _, told = line.partition("  # → ")
    *options, url = shlex.split(command)[1:]
    path = url.removeprefix("http://localhost:8000")
    headers = dict(options[i + 1].split(": ", 1) for i, word in enumerate(options) if word == "-H")
    fields = [options[i + 1] for i, word in enumerate(options) if word == "-F"]
    if fields:
        form: dict[str, list[Any]] = {}
        for name, _, value in (field.partition("=") for field in fields):
            file = value.startswith("@") and SimpleUploadedFile(value[1:], b"Bamako, Gao")
            form.setdefault(name, []).append(file or value)
        return client.post(path, form, headers=headers), int(told or 200)
    if "-d" in options:
        body = options[options.index("-d") + 1]
        kind = headers.pop("Content-Type")
        return client.post(path, body, content_type=kind, headers=headers), int(told or 200)
    return client.get(path, headers=headers), int(told or 200)


def holds(found: Any, told: Any) -> bool:
    """Whether an answer has what the page shows of it: its first rows stand for the list."""
    if isinstance(told, dict):
        return all(name in found and holds(found[name], value) for name, value in told.items())
    if isinstance(told, list):
        return len(found) >= len(told) and all(map(holds, found, told))
    return bool(found == told)


@pytest.mark.django_db
def test_every_example_does_what_the_page_says(client: Client) -> None:
    briefs_loading.load_briefs(author=UserFactory.create(), approver=UserFactory.create())
    key = keys.issue_key(key=ApiKey(name="Example"), by=UserFactory.create())
    examples = BLOCK.findall(GUIDE)
    assert len(examples) >= 8

    for lines, told in examples:
        for line in lines.strip().splitlines():
            response, status = ask(client, line.replace("derisk_<your key>", key))
            data = response.json()
            assert response.status_code == status, line
            assert status != 200 or data.get("results", True), line
            assert data.get("features", True), line
        if told:
            assert holds(data, json.loads(told)), line


def test_every_address_and_every_filter_is_in_the_page(client: Client) -> None:
    paths = client.get("/api/schema/?format=json").json()["paths"]
    names = {
        parameter["name"]
        for methods in paths.values()
        for parameter in methods.get("get", {}).get("parameters", [])
        if parameter["in"] == "query"
    }

    assert [name for name in sorted(names - {"cursor"}) if name not in GUIDE] == []
    for path in paths:
        assert path.removeprefix("/api/v1/").split("{")[0].split("/")[0] in GUIDE
