"""Clients who send requests through the form and the API, and try again with the same key until they are thanked."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from itertools import count
from urllib.parse import urlencode, urlsplit

CLIENTS = 8
WAITS_SECONDS = 30  # for an answer, as browsers do at least
TRIES_AGAIN_AFTER_SECONDS = 1
GIVES_UP_AFTER_SECONDS = 180
THANKS = {201, 303}
# What a correct client may be told while something is broken. 0: no answer at all.
MAY_PASS = {0, 503}
FIELDS = {"countries_of_interest": ["ML"], "services": ["route-assessment"], "language": "en"}


@dataclass(frozen=True)
class Attempt:
    """One POST: when it began (seconds since 1970), how long it took, what came back."""

    at: float
    seconds: float
    status: int


@dataclass
class Request:
    """One request of one client, with every attempt to send it."""

    number: int
    words: Mapping[str, object]  # address, name and needs, and what differs from FIELDS
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: list[Attempt] = field(default_factory=list)
    receipt: str = ""  # the reference, or the token of the status page

    @property
    def email(self) -> str:
        """Which no other request has."""
        return str(self.words["email"])

    @property
    def by_form(self) -> bool:
        """Every second one comes through the form."""
        return self.number % 2 == 0


class Hidden(HTMLParser):
    """The hidden fields of a page, as a browser sends them along."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a hidden input."""
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.fields[str(given["name"])] = given.get("value") or ""


class Senders:
    """Eight clients at once, at a steady rate; `requests` holds what became of each, `words` what each of them says.

    Reading the form takes a client longer than it takes to send it: who measures does not open forms.
    """

    def __init__(
        self,
        url: str,
        rate: float,
        words: Callable[[int], Mapping[str, object]],
        *,
        opens_forms: bool = True,
    ) -> None:
        self.host, self.rate, self.words = urlsplit(url).netloc, rate, words
        self.opens_forms = opens_forms
        self.requests: list[Request] = []
        self._numbers, self._lock, self._stopped = count(), threading.Lock(), threading.Event()

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send while the block runs; at its end, wait until each request that was begun is through."""
        self._began = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients: list[Future[None]] = [pool.submit(self._send_on) for _ in range(CLIENTS)]
            try:
                yield
            finally:
                self._stopped.set()
        for client in clients:
            client.result()

    def _send_on(self) -> None:
        while True:
            with self._lock:
                number = next(self._numbers)
                request = Request(number, self.words(number))
            pause = self._began + request.number / self.rate - time.monotonic()
            if self._stopped.wait(max(0, pause)):
                return
            with self._lock:
                self.requests.append(request)
            self._insist(request)

    def _insist(self, request: Request) -> None:
        form = Form(self.host, {} if self.opens_forms else {"form_id": request.key})
        send = form.send if request.by_form else self._by_api
        until = time.monotonic() + GIVES_UP_AFTER_SECONDS
        while not request.receipt and time.monotonic() < until:
            at, began = time.time(), time.monotonic()
            status, receipt = send(request)
            request.attempts.append(Attempt(at, time.monotonic() - began, status))
            if status in THANKS:
                request.receipt = receipt
            elif status in MAY_PASS:
                time.sleep(TRIES_AGAIN_AFTER_SECONDS)
            else:
                return

    def _by_api(self, request: Request) -> tuple[int, str]:
        body = json.dumps(_fields(request) | {"consent": True})
        headers = {"Content-Type": "application/json", "Idempotency-Key": request.key}
        status, _, answer = _ask(self.host, "POST", "/api/v1/enquiries/", body, headers)
        return status, json.loads(answer)["reference"] if status == 201 else ""


@dataclass
class Form:
    """The form in one browser: opened once, sent as often as it takes."""

    host: str
    hidden: dict[str, str] = field(default_factory=dict)

    def send(self, request: Request) -> tuple[int, str]:
        """Open the form if it is not open yet, and send it."""
        if not self.hidden:
            status, _, page = _ask(self.host, "GET", "/request/")
            if status != 200:
                return status, ""
            self.hidden = Hidden(page).fields
        body = urlencode(self.hidden | _fields(request) | {"consent": "on"}, doseq=True)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, location, _ = _ask(self.host, "POST", "/request/", body, headers)
        return status, location.rstrip("/").rpartition("/")[2] if status == 303 else ""


def _fields(request: Request) -> dict[str, object]:
    return {**FIELDS, **request.words}


def _ask(
    host: str, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Status, Location and body of an answer; status 0 when none came."""
    connection = HTTPConnection(host, timeout=WAITS_SECONDS)
    try:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()
    except (OSError, HTTPException):
        return 0, "", ""
    finally:
        connection.close()
