import base64
import json
import time

import altcha
import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from intake import flood, proving, screening, submission
from intake.models import Lead, ProofOfWork, Quarantine, Screening
from mail.models import Message
from tests import factories, racing
from tests.intake.quarantined import BOT, arrived, do_jobs, held


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puzzles that Python solves at once."""
    monkeypatch.setattr(proving, "COST", 1)
    monkeypatch.setattr(proving, "PREFIX", "0")


def solve(challenge: str) -> str:
    """What the browser's script sends for a puzzle."""
    puzzle = altcha.Challenge.from_dict(json.loads(challenge))
    return altcha.Payload(puzzle, altcha.solve_challenge(puzzle)).to_base64()


def solved(lead: Lead) -> str:
    return solve(proving.make_challenge(lead))


def changed(payload: str, **parameters: object) -> str:
    """The same solution with other parameters beside the old signature."""
    told = json.loads(base64.b64decode(payload))
    told["challenge"]["parameters"] |= parameters
    return base64.b64encode(json.dumps(told).encode()).decode()


def address(lead: Lead) -> str:
    return f"/request/{submission.status_token(lead)}/"


# --- Solved


@pytest.mark.django_db
def test_solved_it_is_released_and_goes_on():
    factories.DeskFactory()
    lead = held()

    released = proving.prove_person(lead=lead, payload=solved(lead))
    do_jobs()

    assert released.status == "new"
    lead.refresh_from_db()
    assert lead.status == "routed"
    row = Quarantine.objects.get(lead=lead)
    assert (row.outcome, row.ended_by) == ("proved", None)
    assert lead.activities.get(kind="released").by is None
    assert Message.objects.filter(to_email=lead.enquiry.email).count() == 1


@pytest.mark.django_db
def test_solved_before_a_worker_looked_it_counts_when_one_does():
    lead = arrived(BOT)

    proving.prove_person(lead=lead, payload=solved(lead))

    assert screening.passes(lead_id=lead.pk)
    stored = Screening.objects.get(lead=lead)
    assert (stored.score, stored.items[-1]["points"]) == (0, -100)


@pytest.mark.django_db
def test_solved_twice_it_is_released_once():
    lead = held()
    payload = solved(lead)

    for each in (payload, payload, solved(lead)):
        proving.prove_person(lead=lead, payload=each)

    assert ProofOfWork.objects.count() == 1
    assert lead.activities.filter(kind="released").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_solutions_at_once_release_once():
    lead = held()
    payload = solved(lead)

    racing.race(*[lambda: proving.prove_person(lead=lead, payload=payload).status] * 2)

    assert lead.activities.filter(kind="released").count() == 1


@pytest.mark.django_db
def test_spam_that_staff_called_so_stays_closed():
    lead = held()
    payload = solved(lead)
    Quarantine.objects.filter(lead=lead).update(outcome="spam", ended_at=lead.created_at)
    Lead.objects.filter(pk=lead.pk).update(status="disqualified", closed_at=lead.created_at)

    proving.prove_person(lead=lead, payload=payload)

    assert Lead.objects.get(pk=lead.pk).status == "disqualified"


# --- Not solved


@pytest.mark.django_db
def test_what_is_no_solution_of_this_puzzle_changes_nothing(monkeypatch):
    lead, other = held(), held()
    right = solved(lead)
    late = changed(right, expiresAt=int(time.time()) + 10**6)
    easier = changed(right, cost=0)
    another = changed(right, data={"request": other.reference})
    told = json.loads(base64.b64decode(right))
    told["solution"]["counter"] += 1
    wrong = base64.b64encode(json.dumps(told).encode()).decode()
    unsigned = altcha.Payload(
        c := altcha.create_challenge("SHA-256", 1, data={"request": lead.reference}),
        altcha.solve_challenge(c),
    ).to_base64()

    for payload in (
        late,
        easier,
        another,
        wrong,
        unsigned,
        solved(other),
        "",
        "x",
        "é",
        right + "A" * 5000,
    ):
        with pytest.raises(ValidationError) as refusal:
            proving.prove_person(lead=lead, payload=payload)
        assert refusal.value.code == "proof"

    assert not ProofOfWork.objects.exists()
    assert set(Quarantine.objects.values_list("outcome", flat=True)) == {"open"}


@pytest.mark.django_db
def test_a_puzzle_runs_out(monkeypatch):
    lead = held()
    payload = solved(lead)
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + proving.SECONDS + 2)

    with pytest.raises(ValidationError):
        proving.prove_person(lead=lead, payload=payload)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["challenge", "solution", "parameters", "signature", "counter", "derivedKey", "data", "nonce",
             "salt", "cost", "algorithm", "expiresAt"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@examples(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(anything)
def test_whatever_comes_is_refused_and_never_a_fault(value):
    payload = base64.b64encode(json.dumps(value).encode()).decode()

    with pytest.raises(ValidationError):
        proving.prove_person(lead=Lead(reference="R-X"), payload=payload)


# --- The client's page


@pytest.mark.django_db
@pytest.mark.parametrize("make", [held, lambda: arrived(BOT)], ids=["held back", "not looked at"])
def test_who_is_held_back_reads_so_and_may_show_a_person(client, make):
    lead = make()

    page = client.get(address(lead)).content.decode()

    assert "One of us looks at it before it goes on to an adviser." in page
    assert f'action="{address(lead)}person/' in page
    assert "Within minutes we mail you" not in page
    assert "derisk/proof.js" in page
    assert lead.reference in page


@pytest.mark.django_db
@pytest.mark.parametrize("arrival", [{}, {"form": "signed", "seconds": 1}])
def test_nobody_else_is_asked(client, arrival):
    lead = arrived(arrival)
    before = client.get(address(lead)).content.decode()
    screening.screen_lead(lead_id=lead.pk)
    after = client.get(address(lead)).content.decode()

    assert [("person/" in page, "proof.js" in page) for page in (before, after)] == [
        (False, False)
    ] * 2
    assert "Within minutes we mail you" in after


@pytest.mark.django_db
def test_the_page_takes_the_solution_and_goes_on(client):
    lead = held()
    page = client.get(address(lead))

    response = client.post(
        f"{address(lead)}person/", {"altcha": solve(page.context["challenge"])}, follow=True
    )

    assert response.redirect_chain == [(f"{address(lead)}?done=person&language=en", 303)]
    assert "Thank you. Your request goes on now." in response.content.decode()
    assert response.context["challenge"] == ""
    assert Lead.objects.get().status == "new"


@pytest.mark.django_db
@pytest.mark.parametrize("payload", ["", "x", "\x00", "é" * 100, "A" * 9_000_000])
def test_a_wrong_solution_says_so_and_offers_another(client, payload):
    lead = held()

    response = client.post(f"{address(lead)}person/", {"altcha": payload}, follow=True)

    assert response.status_code == 200
    assert "That did not work, or took too long. Try once more." in response.content.decode()
    assert Lead.objects.get().status == "quarantined"


@pytest.mark.django_db
def test_a_wrong_link_is_a_404_and_a_look_is_no_solution(client):
    lead = held()

    assert client.post(f"{address(lead)[:-2]}x/person/").status_code == 404
    assert client.get(f"{address(lead)}person/").status_code == 405


@pytest.mark.django_db
def test_a_flood_of_solutions_is_not_tried(client):
    lead = held()
    payload = solved(lead)
    for _ in range(flood.PER_ADDRESS):
        flood.enquiries.wait("127.0.0.1")

    response = client.post(f"{address(lead)}person/", {"altcha": payload})

    assert response["Location"].endswith("?done=again&language=en")
    assert Lead.objects.get().status == "quarantined"
