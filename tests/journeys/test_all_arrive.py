"""Two hundred requests while a worker is killed and Valkey is away: none lost, nothing done twice."""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from urllib.parse import urlencode, urlsplit

import pytest
from django.db.models import Count, Sum

from accounts import private_links
from intake.models import Adviser, Assignment, CreditEntry, Enquiry, Lead, RoutingDecision
from jobs.models import Job
from mail.models import Message
from tests.factories import AdviserFactory, DeskFactory
from tests.processes import Smtp, eventually
from tests.stack import Stack

pytestmark = pytest.mark.timeout(900)

REQUESTS, CLIENTS = 200, 8
WORKER_DIES, VALKEY_DIES, VALKEY_RETURNS, WORKER_RETURNS = 50, 80, 140, 170
POOL = 2  # processes that send mail; each may have handed over one mail and died before it said so
FIELDS = {
    "full_name": "Client Number",
    "needs": "A route assessment from Bamako to Gao.",
    "countries_of_interest": ["ML"],
    "services": ["route-assessment"],
}


@dataclass
class Arrivals:
    """How many requests were answered, and what waits for that number."""

    count: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self) -> None:
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, 100), self.count


def send(url: str, number: int) -> str:
    """Send a request as a browser or as a machine; the private path or the reference that came back."""
    email = f"client{number}@client.example"
    return (send_json if number % 2 else send_form)(url, FIELDS | {"email": email})


def send_form(url: str, fields: dict[str, object]) -> str:
    body = urlencode(fields | {"consent": "on", "form_id": str(uuid.uuid4())}, doseq=True)
    status, headers, _ = post(url, "/request/", body, "application/x-www-form-urlencoded")
    assert status == 303
    return headers["Location"]


def send_json(url: str, fields: dict[str, object]) -> str:
    body = json.dumps(fields | {"consent": True})
    status, _, answer = post(url, "/api/v1/enquiries/", body, "application/json")
    assert status == 201, answer
    return str(json.loads(answer)["reference"])


def post(url: str, path: str, body: str, kind: str) -> tuple[int, HTTPMessage, bytes]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        headers = {"Content-Type": kind, "Idempotency-Key": str(uuid.uuid4())}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def send_all(stack: Stack, trouble: Callable[[Arrivals], None]) -> list[str]:
    """What came back for each request, while there is trouble."""
    arrivals = Arrivals()

    def one(number: int) -> str:
        try:
            return send(stack.url, number)
        finally:
            arrivals.add()

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = pool.map(one, range(REQUESTS))
        trouble(arrivals)  # in this thread: a process dies with the thread that has started it
        return list(answers)


@pytest.fixture
def smtp(stack: Stack) -> Iterator[Smtp]:
    """The mail server of a house with three advisers, all of whose processes run."""
    smtp = stack.smtp()
    stack.env |= {"THROTTLE": "off", "JOB_LEASE_SECONDS": "8"}
    DeskFactory()
    for _ in range(3):
        AdviserFactory(capacity=1000)
    stack.sweep()
    stack.web()
    return smtp


def test_every_request_ends_routed_once_and_acknowledged_once(stack: Stack, smtp: Smtp) -> None:
    worker = stack.worker(1, POOL)

    def trouble(arrivals: Arrivals) -> None:
        arrivals.wait_for(WORKER_DIES)
        worker.kill()
        arrivals.wait_for(VALKEY_DIES)
        stack.valkey.kill()
        arrivals.wait_for(VALKEY_RETURNS)
        stack.valkey.start()
        arrivals.wait_for(WORKER_RETURNS)
        stack.worker(1, POOL)

    answers = send_all(stack, trouble)

    eventually(lambda: not Job.objects.exclude(state="done").exists(), 600)
    assert_each_stored_once(answers)
    assert_each_routed_once()
    assert_each_told_once(smtp)


def assert_each_stored_once(answers: list[str]) -> None:
    emails = Enquiry.objects.values_list("email", flat=True)
    assert sorted(emails) == sorted(f"client{n}@client.example" for n in range(REQUESTS))
    tokens = [each.split("/")[-2] for each in answers if each.startswith("/request/")]
    references = [each for each in answers if each.startswith("R-")]
    by_token = Lead.objects.filter(link_digest__in=[private_links.digest(t) for t in tokens])
    by_reference = Lead.objects.filter(reference__in=references)
    assert len(tokens) == len(references) == by_token.count() == by_reference.count() == 100
    assert Lead.objects.count() == REQUESTS


def assert_each_routed_once() -> None:
    assert set(Lead.objects.values_list("status", flat=True)) == {"routed"}
    for model in (Assignment, RoutingDecision):
        assert model.objects.count() == REQUESTS
        assert model.objects.aggregate(leads=Count("lead", distinct=True))["leads"] == REQUESTS
    assert CreditEntry.objects.aggregate(sum=Sum("amount"))["sum"] == 0
    assert Adviser.objects.aggregate(sum=Sum("credit"))["sum"] == 0


def assert_each_told_once(smtp: Smtp) -> None:
    sent = Message.objects.filter(state="sent").values_list("template", flat=True)
    assert Counter(sent) == {
        "intake/mail/acknowledgement": REQUESTS,
        "intake/mail/notice": REQUESTS,
    }
    letters = {(letter["X-RcptTo"], letter["Message-ID"]) for letter in smtp.messages()}
    assert len(letters) == len({message_id for _, message_id in letters}) == 2 * REQUESTS
    clients = Counter(to for to, _ in letters if to.endswith("@client.example"))
    assert clients == {f"client{n}@client.example": 1 for n in range(REQUESTS)}
    assert len(smtp.messages()) - len(letters) <= POOL
