"""The whole API against its own schema, by schemathesis with all its checks, where there is something to read."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from schemathesis.checks import load_all_checks
from schemathesis.core.result import Err
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.schemas import BaseSchema

from briefs import freshness, publishing
from briefs.models import Incident
from config.wsgi import application
from tests.briefs.facts import add_actor, add_incident, add_judgement, add_place
from tests.factories import BriefFactory, UserFactory, publish

# Keys of rows that are there, and a cursor of each list: nothing else than a row would answer 200 for them.
known: dict[str, str] = {}
LISTS = ("/api/v1/briefs/", "/api/v1/incidents/", "/api/v1/incidents.geojson", "/api/v1/actors/")
BOUNDED = hypothesis.settings(
    max_examples=6, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)


@pytest.fixture(scope="module")
def schema(django_db_setup: None, django_db_blocker: Any) -> BaseSchema:
    """What the API says of itself."""
    # Where Valkey was emptied the page asks the database for a new token.
    with django_db_blocker.unblock():
        made = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    # The same fields once more: twice the time. A form with files has tests of its own: tests/intake/api/test_files.py.
    content = made.raw_schema["paths"]["/api/v1/enquiries/"]["post"]["requestBody"]["content"]
    content.pop("multipart/form-data")
    return made


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows of every sort, in a transaction that all tests of this module share and that is never committed."""
    with django_db_blocker.unblock():
        with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(settings, "THROTTLE", False)
            _write()
            freshness.bump()
            # WSGI would close the connection in the middle of the transaction.
            for signal in (request_started, request_finished):
                signal.disconnect(close_old_connections)
            yield
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
            transaction.set_rollback(True)
        freshness.bump()
        connection.close()
    known.clear()


def _write() -> None:
    brief = BriefFactory.create(slug="towns", is_published=False, countries=["ML", "NE"])
    front = add_actor(brief, aliases=["EF"])
    add_actor(brief, "Example Katiba").parents.add(front)
    place = add_place(brief)
    for number in range(2):
        add_incident(brief, place, title=f"Attack {number}", fatalities=number or None)
    Incident.objects.first().actors.add(front)
    add_judgement(brief, 2)
    publish(brief, timezone.now() - timedelta(hours=1))
    publishing.correct_brief(brief=brief, by=UserFactory.create(), kind="factual", text="Two.")
    BriefFactory.create(slug="villes", language="fr", kind="flash")
    gone = BriefFactory.create(slug="gone")
    publishing.withdraw_brief(brief=gone, by=UserFactory.create(), reason="Wrong.")
    BriefFactory.create(slug="draft", is_published=False)
    known.update(
        key="towns", slug="example-front", code="ML", number=str(Incident.objects.first().pk)
    )
    for path in LISTS:
        following = Client().get(path + "?page_size=1").json()["next"]
        known[path] = QueryDict(following.partition("?")[2])["cursor"]


def real(case: Any) -> Any:
    """The case; a good one asks for rows that are there, goes on with a cursor of ours and contradicts nothing."""
    if not case.meta.generation.mode.is_positive:
        return case
    keys = case.path_parameters or {}
    for name, value in keys.items():
        if len(str(value)) % 4:
            keys[name] = 1 if "/versions/" in case.path and name == "number" else known[name]
    query = case.query or {}
    if "cursor" in query:
        case.query = {"page_size": 1, "cursor": known[case.path]}
    elif "q" in query:
        query.pop("updated_since", None)
    if "bbox" in query:
        west, south, east, north = query["bbox"].split(",")
        south, north = sorted((south, north), key=float)
        query["bbox"] = ",".join((west, south, east, north))
    return case


def attack(schema: BaseSchema, subtests: pytest.Subtests, one: Callable[[Any], None]) -> None:
    """Try every address of a part of the schema. The cases are made here: every process of a run collects this
    module, and only one runs it."""
    load_all_checks()
    for found in get_all_tests(schema=schema, test_func=one, settings=BOUNDED, given_kwargs=None):
        if isinstance(found, Err):
            raise found.err()
        operation, test = found.ok()
        with subtests.test(operation.label):
            test()


@pytest.mark.usefixtures("world")
@pytest.mark.timeout(420)  # every address that answers a GET
def test_every_read_keeps_to_the_schema_whatever_comes(
    schema: BaseSchema, subtests: pytest.Subtests
) -> None:
    def read(case: Any) -> None:
        # Valkey's copies are packed, which this client does not open.
        real(case).call_and_validate(headers={"Accept-Encoding": "identity"})

    attack(schema.include(method="GET"), subtests, read)


def journeys(schema: BaseSchema) -> Any:
    """Whoever goes on from what an answer named to the addresses that take it."""

    class Journey(schema.include(method="GET").as_state_machine()):  # type: ignore[misc]  # made of the schema
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {"Accept-Encoding": "identity"}}

        def before_call(self, case: Any) -> None:
            real(case)

    return Journey


@pytest.mark.usefixtures("world")
def test_whoever_follows_what_answers_name_meets_the_schema_too(schema: BaseSchema) -> None:
    limits = hypothesis.settings(BOUNDED, max_examples=8, stateful_step_count=6)
    journeys(schema).run(settings=limits)


@pytest.fixture
def one_connection(settings: Any, db: None) -> Iterator[None]:
    """Requests over WSGI leave the connection of the test open, and no throttle counts them."""
    settings.THROTTLE = False
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.timeout(
    420
)  # 250 requests, and a timeout in the middle of one looks like a fault of ours
def test_every_write_keeps_to_the_schema_whatever_comes(
    schema: BaseSchema, subtests: pytest.Subtests
) -> None:
    def write(case: Any) -> None:
        if case.meta.generation.mode.is_positive:
            case.headers.pop("Authorization", None)  # nobody guesses a key
            if "Idempotency-Key" in case.headers:
                case.headers["Idempotency-Key"] = uuid.uuid4().hex  # one request, one key
        case.call_and_validate()

    attack(schema.include(method="POST"), subtests, write)
