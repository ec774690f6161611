"""Whatever the layers against spam make of a request: who is thanked has a row, and the row goes somewhere."""

import re
import time
import uuid
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from intake import counting, flood, proving, render_tokens
from intake.keys import revoke_key
from intake.models import Enquiry, Lead, Screening
from tests import factories
from tests.intake.api.test_keys import issue
from tests.intake.quarantined import do_jobs, held
from tests.intake.test_proving import solve
from tests.intake.test_spam_rules import LONG
from tests.intake.typed import ADDRESS, FOUR, as_shown, shown

WORDS = [
    "Two convoys to Gao.",
    LONG,  # held back before
    "https://a.example " * 9 + "[url=x]y[/url]",
    "Our driver was kidnapped this morning near Tillabéri.",
    "h\u043eme",
]

layers = st.fixed_dictionaries(
    {
        "token": st.sampled_from(["none", "forged", "fresh", "old"]),
        "trap": st.sampled_from(["", "x", "https://a.example"]),
        "needs": st.sampled_from(WORDS),
        "name": st.sampled_from(["Aïcha Example", "Win www.a.example"]),
        "email": st.sampled_from(["aicha@client.example", "a@mailinator.com"]),
        "seen": st.none() | st.sampled_from([1, 7, 100]),  # None: Valkey is away
        "is_flood": st.sampled_from([False, False, False, True]),
        "is_solved": st.booleans(),
        "way": st.sampled_from(["form", "api", "frame", "frame of a key that ended"]),
    }
)


def token_of(kind: str, form_id: str) -> str:
    if kind in ("none", "forged"):
        return "" if kind == "none" else "forged"
    made = time.time() - (10**7 if kind == "old" else 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.time", lambda: made)
        return render_tokens.make(form_id, "")


def send(client: Client, drawn: dict[str, Any], keys: dict[str, str]) -> tuple[Any, dict[str, Any]]:
    """Send the request by its way; the answer, and what was sent."""
    form_id = str(uuid.uuid4())
    sent = FOUR | {"full_name": drawn["name"], "email": drawn["email"], "needs": drawn["needs"]}
    if drawn["way"] == "api":
        body = sent | {"consent": True}
        return client.post("/api/v1/enquiries/", body, "application/json"), sent
    sent |= {"form_id": form_id, "made": token_of(drawn["token"], form_id), "q7": drawn["trap"]}
    key = keys.get(drawn["way"])
    return client.post(f"/embed/request/?key={key}" if key else ADDRESS, sent), sent


@pytest.mark.django_db
def test_whoever_is_thanked_has_a_row_that_goes_on_or_waits_for_a_person(monkeypatch):
    factories.DeskFactory()
    factories.UserFactory(roles=["desk lead"])
    monkeypatch.setattr(proving, "COST", 1)
    monkeypatch.setattr(proving, "PREFIX", "0")
    held(needs=LONG)
    (live, _), (ended, _) = issue(per_minute=600), issue()
    revoke_key(key=ended, by=factories.UserFactory())
    keys = {"frame": live.public_id, "frame of a key that ended": ended.public_id}
    outcomes = set()

    @examples(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(layers)
    def whatever_comes(drawn: dict[str, Any]) -> None:
        seen = drawn["seen"]
        monkeypatch.setattr(
            counting, "count", lambda kinds: dict.fromkeys(kinds, seen) if seen else {}
        )
        flood.enquiries.clear()
        for _ in range(flood.PER_ADDRESS * drawn["is_flood"]):
            flood.enquiries.wait("127.0.0.1")
        before = Enquiry.objects.count()
        client = Client()

        answer, sent = send(client, drawn, keys)

        is_closed = drawn["way"] == "frame of a key that ended"
        is_thanked = answer.status_code in (201, 303)
        assert is_thanked != (drawn["is_flood"] or is_closed)
        assert Enquiry.objects.count() - before == is_thanked
        if not is_thanked:
            assert answer.status_code == (410 if is_closed else 429)
            if drawn["way"] != "api":
                assert shown(answer, sent) == as_shown(sent)
            return
        outcomes.add(follow(client, page_of(client, answer), drawn))

    whatever_comes()
    assert outcomes == {"routed", "quarantined"}


def page_of(client: Client, answer: Any) -> str:
    """The client's own page, to which the answer leads; in a frame by the receipt there, which names the request."""
    if answer.status_code == 201:
        return str(answer.json()["status_url"]).removeprefix("http://localhost:8000")
    address: str = answer["Location"]
    if not address.startswith("/embed/"):
        return address
    receipt = client.get(address).content.decode()
    assert Lead.objects.latest("pk").reference in receipt
    return re.findall(r'href="(/request/[^"?]+)', receipt)[0]


def follow(client: Client, address: str, drawn: dict[str, Any]) -> str:
    """Look at the status page, solve what it asks for if so drawn, let the workers work; where the lead then stands."""
    lead = Lead.objects.latest("pk")
    page = client.get(address)
    assert page.status_code == 200
    assert lead.reference in page.content.decode()
    do_jobs()
    challenge = client.get(address).context["challenge"]
    lead.refresh_from_db()
    assert bool(challenge) == (lead.status == "quarantined")
    if challenge and drawn["is_solved"]:
        client.post(f"{address}person/", {"altcha": solve(challenge)})
        do_jobs()
        lead.refresh_from_db()
        assert lead.status == "routed"
    assert lead.enquiry.needs == drawn["needs"]
    assert Screening.objects.filter(lead=lead).count() == 1
    return str(lead.status)
