"""The requests that are measured, as the driver sends them, and what must come back."""

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from tests.bench.driver import UNIQUE
from tests.chaos.senders import Hidden

NEW = UNIQUE.decode()  # becomes another number in each request
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
NEEDS = "We need a route assessment from Bamako to Gao for a convoy of four vehicles. " * 12
FIELDS = {
    "full_name": "Client of the Benchmark",
    "organisation": "Example Transport",
    "needs": NEEDS,
    "country": "FR",
    "countries_of_interest": ["ML"],
    "services": ["route-assessment"],
}


@dataclass(frozen=True)
class Probe:
    """One kind of request, the only status that it may be answered with, and where and by how many it is sent."""

    name: str
    path: str
    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    sizes: tuple[str, ...] = ("small", "large")
    loads: tuple[int, ...] = (8,)


def probes(web: str, session: str) -> list[Probe]:
    """All of them; the form is opened once on this server, the staff's list is asked for in this session."""
    api, once = "/api/v1/enquiries/", ("small",)
    in_session = {"Cookie": session}
    return [
        Probe("I", "/i", 200, _json(email=f"{NEW}@client.example"), {}, ("bare",), (8, 1)),
        Probe("L20", "/l20", 200, sizes=("bare",), loads=(1,)),
        Probe("request by form", "/request/", 303, form(web), {"Content-Type": FORM}, loads=(8, 1)),
        Probe("request by API", api, 201, _json(), _key(NEW), loads=(8, 1)),
        Probe("request by API, sent again", api, 201, _json(email="again@client.example"), _key("again")),
        Probe("refused by the API: no address", api, 400, _json(email=""), {}, once),
        Probe("refused by the API: broken JSON", api, 400, "{", {}, once),
        Probe("refused by the API: key of another request", api, 422, _json(), _key("again"), once),
        Probe("refused by the form: no address", "/request/", 400, form(web, email=""), {"Content-Type": FORM}, once),
        Probe("refused by the API: a flood", api, 429, _json(), _key(NEW), ("flooded",)),
        Probe("refused by the form: a flood", "/request/", 429, form(web), {"Content-Type": FORM}, ("flooded",)),
        Probe("lead list of staff", "/staff/intake/lead/", 200, headers=in_session, loads=(1,)),
    ]  # fmt: skip


def _key(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def _json(**changes: object) -> str:
    said = FIELDS | {"email": f"{NEW}@client.example", "consent": True} | changes
    return json.dumps(said)


def form(web: str, **changes: object) -> str:
    """The body of the form as a browser sends it: what the page hides, and what a person typed."""
    connection = HTTPConnection(urlsplit(web).netloc, timeout=30)
    connection.request("GET", "/request/")
    hidden = Hidden(connection.getresponse().read().decode()).fields
    connection.close()
    own = {"form_id": f"00000000-0000-4000-8000-{NEW}", "email": f"{NEW}@client.example"}
    body = urlencode(hidden | FIELDS | own | {"consent": "on"} | changes, doseq=True)
    return body.replace(urlencode({"": NEW})[1:], NEW)
