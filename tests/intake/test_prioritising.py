"""Staff say how urgent a lead is, whatever was read in its words."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from intake import accepting, after_sending, prioritising, suggesting
from intake.models import Lead
from jobs.models import Job
from tests import factories, racing
from tests.intake.admin.screens import client_of, page, person, said, verb

pytestmark = pytest.mark.django_db
ALARM = "Our driver was kidnapped in Niger this morning, please help us."
WHY = "They called: nobody knows where he is."


def how(lead: Lead) -> tuple[str, str]:
    lead.refresh_from_db()
    return lead.priority, lead.priority_reason


def notes(lead: Lead) -> list[str]:
    return list(
        lead.activities.filter(kind="priority").order_by("pk").values_list("text", flat=True)
    )


def counted_anew(lead: Lead) -> int:
    """How often its clocks were asked to be counted anew."""
    return Job.objects.filter(kind="intake.keep_deadline", subject_id=lead.pk).count()


def test_what_a_client_says_by_telephone_makes_a_lead_urgent_by_the_clock_and_back() -> None:
    lead = factories.lead_of()
    staff = client_of(lead.owner.user)

    first = staff.post(verb(lead, "urgent"), {"reason": WHY})
    urgent, asked = how(lead), counted_anew(lead)
    html = staff.get(page(lead)).content.decode()
    second = staff.post(verb(lead, "calm"), {"reason": "He is back."})

    assert said(first) == ["The lead is urgent."]
    assert urgent == ("urgent", WHY[:-1])
    assert f"Urgent. {WHY}" in html
    assert "Not urgent" in html
    assert "Mark as urgent" not in html
    assert said(second)[-1] == "The lead is urgent no longer."
    assert how(lead) == ("normal", "")
    assert notes(lead) == [f"Urgent. {WHY}", "Normal. He is back."]
    assert (asked, counted_anew(lead)) == (1, 2)


@pytest.mark.parametrize("reason", ["", "  ", " . "])
def test_without_a_reason_nothing_changes(reason: str) -> None:
    lead = factories.lead_of()

    with pytest.raises(ValidationError) as refused:
        prioritising.mark_urgent(lead=lead, by=lead.owner.user, reason=reason)

    assert refused.value.code == "required"
    assert how(lead) == ("normal", "")
    assert notes(lead) == []


@pytest.mark.parametrize("status", ["won", "lost", "disqualified"])
def test_a_closed_lead_stays_as_it_is(status: str) -> None:
    lead = factories.lead_of(status=status)

    with pytest.raises(ValidationError) as refused:
        prioritising.mark_urgent(lead=lead, by=factories.UserFactory(), reason=WHY)

    assert refused.value.code == "conflict"
    assert how(lead)[0] == "normal"
    assert not Job.objects.filter(kind="intake.keep_deadline").exists()


@pytest.mark.parametrize(
    ("kind", "status"),
    [("owner", 302), ("desk lead", 302), ("auditor", 403), ("other adviser", 404), ("anonymous", 302)],
)  # fmt: skip
def test_only_those_who_work_on_the_lead_may(kind: str, status: int) -> None:
    lead = factories.lead_of()

    response = client_of(person(kind, lead.owner)).post(verb(lead, "urgent"), {"reason": WHY})

    assert response.status_code == status
    assert (how(lead)[0] == "urgent") is (kind in ("owner", "desk lead"))


def test_what_staff_made_urgent_is_not_calmed_by_dropping_a_word() -> None:
    lead = factories.new_lead(needs=ALARM)
    suggesting.read_lead(lead_id=lead.pk)
    by = factories.UserFactory()
    prioritising.calm_lead(lead=lead, by=by, reason="It is a novel.")
    prioritising.mark_urgent(lead=lead, by=by, reason="It is none.")

    accepting.drop_suggestion(suggestion=lead.suggestions.get(kind="urgency"), by=by)

    assert how(lead) == ("urgent", "It is none")


def test_what_the_client_added_is_not_calmed_by_dropping_a_word_of_the_request() -> None:
    lead = factories.new_lead(needs=ALARM)
    suggesting.read_lead(lead_id=lead.pk)
    after_sending.add_information(
        lead=lead, text="Now another one was kidnapped.", files=(), form_id=uuid.uuid4()
    )

    accepting.drop_suggestion(
        suggestion=lead.suggestions.get(kind="urgency"), by=factories.UserFactory()
    )

    reason = "Words of duty of care that the client added: kidnapping or hostage taking"
    assert how(lead) == ("urgent", reason)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_it_urgent_once() -> None:
    lead = factories.lead_of()

    def mark() -> str:
        try:
            prioritising.mark_urgent(lead=lead, by=lead.owner.user, reason=WHY)
        except ValidationError as error:
            return str(error.code)
        finally:
            connection.close()
        return "done"

    assert sorted(racing.race(mark, mark)) == ["conflict", "done"]
    assert len(notes(lead)) == 1
