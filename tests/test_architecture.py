"""The house keeps its own rules: imports, names and sizes."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from config.supervisor import BASE_DIR

# Names that say nothing: a module is named for the capability that it holds.
EMPTY_NAMES = {"utils", "helpers", "common", "core", "services", "managers", "misc", "lib"}
MODULE_LINES = 400
FUNCTION_LINES = 50


def local_apps() -> set[str]:
    return {a.name for a in apps.get_app_configs() if Path(a.path).parent == BASE_DIR}


def modules() -> Iterator[Path]:
    for app in sorted(local_apps()):
        yield from (
            p for p in sorted((BASE_DIR / app).rglob("*.py")) if p.parent.name != "migrations"
        )


def long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{path.relative_to(BASE_DIR)}: {node.name} has {lines} lines"


def test_import_contract_names_every_app_of_ours() -> None:
    tool = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = tool["contracts"]
    layers = {name.strip() for layer in contract["layers"] for name in layer.split("|")}

    assert layers == local_apps()
    assert set(tool["root_packages"]) == local_apps()


def test_no_directory_of_code_is_outside_the_house() -> None:
    packages = {path.parent.name for path in BASE_DIR.glob("*/__init__.py")}

    assert packages == local_apps() | {"tests"}


def test_modules_are_named_for_what_they_hold() -> None:
    assert [str(p) for p in modules() if {p.stem, p.parent.name} & EMPTY_NAMES] == []


def test_modules_and_functions_stay_small() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in modules()}

    assert [f"{path}: {count}" for path, count in lines.items() if count > MODULE_LINES] == []
    assert [line for path in modules() for line in long_functions(path)] == []


def test_each_decision_has_a_number_of_its_own() -> None:
    files = sorted((BASE_DIR / "docs" / "decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in files]

    assert numbers == list(range(1, len(files) + 1))
    for number, path in zip(numbers, files, strict=True):
        assert path.read_text().startswith(f"# {number}. "), path.name
