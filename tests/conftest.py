"""Fixtures for every test. The servers come from `tests/servers.py`."""

import gc
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.template import Context, Template
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker

from briefs import freshness, review_views, subscription_views
from intake import flood
from jobs import hints
from tests import databases, processes
from tests.stack import Stack

STACK = pytest.StashKey[Stack]()
FLOODS = (
    *(flood.enquiries, flood.wrong_keys),
    *(subscription_views.asking, review_views.answers),
)


def pytest_configure() -> None:
    """Settings of the tools: a test client looks for a static file when it is asked for one, and reads none before."""
    settings.WHITENOISE_AUTOREFRESH = True
    # Ten seconds more: a statement that waits on a loaded machine is no fault. Processes that tests start have ours.
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] = re.sub(r"(?<=timeout=)(?=\d+s)", "1", options["options"])
    # So for Valkey: after one answer that took too long, nothing is asked of it for seconds, in test after test.
    for store in (freshness.store(), hints._broker()):
        patient = {"socket_timeout": 10, "socket_connect_timeout": 10}
        store.connection_pool.connection_kwargs.update(patient)
    # The same examples in each run (others: --hypothesis-seed), and as much time for one as a loaded machine takes.
    steady = {"derandomize": True, "deadline": None}
    slow = [hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile("suite", **steady, suppress_health_check=slow)
    hypothesis.settings.load_profile("suite")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Begin with the files that may take longest, so that no process waits for one of them at the end."""
    yield  # after the others, one of which shuffles
    allowed: dict[Path, float] = {}
    for item in items:
        mark = item.get_closest_marker("timeout")
        allowed[item.path] = max(allowed.get(item.path, 0), mark.args[0] if mark else 0)
    items.sort(key=lambda item: -allowed[item.path])


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Load the tests beginning at another place than the other processes of the run, before all collect in one order.

    In a fresh clone pytest rewrites what they assert, ten seconds of a processor: each finds what the others have
    rewritten, where all side by side would rewrite the same.
    """
    if workers := getattr(session.config, "workerinput", None):
        roots = [Path(arg) for arg in session.config.args]
        files = sorted(path for root in roots for path in root.rglob("test_*.py"))
        first = len(files) * int(workers["workerid"].removeprefix("gw")) // workers["workercount"]
        for path in files[first:] + files[:first]:
            with suppress(Exception):  # collecting says it better
                name = path.resolve().relative_to(session.config.rootpath).with_suffix("")
                import_module(".".join(name.parts))


def pytest_collection_finish() -> None:
    """Look for rings of garbage not among the modules and tests, which stay."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def widgets_leave_no_context(django_test_environment: None) -> Iterator[None]:
    """Spare the test client a copy of the context for each option of each select: thousands on a page of staff."""
    noted = Template._render

    def render(self: Template, context: Context) -> str:
        is_widget = "/widgets/" in (self.name or "") or "/helpers/" in (self.name or "")
        return self.nodelist.render(context) if is_widget else noted(self, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def logins_begin_one_session(django_test_environment: None) -> Iterator[None]:
    """A client that nobody has used logs in with one session: Django's makes an empty one before, to replace it."""
    noted, name = Client._login, settings.SESSION_COOKIE_NAME

    def login(self: Client, *given: Any) -> None:
        if name not in self.cookies:
            self.cookies[name] = ""
        noted(self, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_login", login)
        yield


@pytest.fixture(scope="session", autouse=True)
def emptied_by_deleting(django_test_environment: None) -> Iterator[None]:
    """Tests that commit leave few rows: deleting them takes a tenth of the time of cutting off every table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: databases.empty())
        yield


@pytest.fixture(autouse=True)
def no_flood() -> None:
    """The counts live in the process, so one test's requests would count in the next, in whichever file it is."""
    for counts in FLOODS:
        counts.clear()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Make the migrated test database and copy it before the first test: one that commits leaves traces.

    In place of pytest-django's, which makes none when no test that was collected asks for `db`, and which looks through
    all migrations of a database that has had them.
    """
    name, own = connection.creation._get_test_db_name(), connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), databases.one_at_a_time():
        if databases.restore_kept(name):
            connection.close()
            connection.settings_dict["NAME"] = name
        else:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.close()
            databases.keep(name)
    with django_db_blocker.unblock():
        databases.copy(name, databases.pristine(name))
    yield
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = own
        databases.drop(databases.pristine(name))
        databases.drop(name)


@pytest.fixture(scope="session")
def pristine_database(django_db_setup: None) -> str:
    """The name of a copy of the test database as the migrations left it; no test writes to it."""
    return databases.pristine(str(connection.settings_dict["NAME"]))


@contextmanager
def run_stack(directory: Path, pristine: str, blocker: DjangoDbBlocker) -> Iterator[Stack]:
    """A stack on a fresh copy of the migrated database; everything is gone afterwards."""
    if connection.in_atomic_block:
        pytest.fail("Processes would not see what `db` keeps in a transaction: leave `db` out.")
    with blocker.unblock(), databases.lent_copy(pristine) as database_url:
        stack = Stack(directory, database_url, processes.BadValkey(directory))
        try:
            yield stack
        finally:
            stack.close()


@pytest.fixture
def stack(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    pristine_database: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Stack]:
    """Real processes for one test: see `tests/stack.py`."""
    with run_stack(tmp_path, pristine_database, django_db_blocker) as stack:
        request.node.stash[STACK] = stack
        yield stack


@pytest.fixture(scope="module")
def module_stack(
    tmp_path_factory: pytest.TempPathFactory,
    pristine_database: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Stack]:
    """Real processes that the tests of one module share, none of which uses `db` or `stack`."""
    directory = tmp_path_factory.mktemp("stack")
    with run_stack(directory, pristine_database, django_db_blocker) as stack:
        yield stack


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the logs of a stack under the test that failed with it."""
    report = yield
    stack = item.stash.get(STACK, None)
    if stack and report.failed:
        report.sections += [(f"log {name}", text) for name, text in stack.logs()]
    return report
