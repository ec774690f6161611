from datetime import timedelta

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from intake import after_sending, erasing, leads, quarantine
from intake.models import Activity, Contact, Lead, Quarantine, Screening
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.quarantined import arrived, do_jobs, held

WEEKS = timedelta(weeks=1)


def state(lead: Lead) -> tuple[str, str]:
    """How the lead and its quarantine stand."""
    return Lead.objects.get(pk=lead.pk).status, Quarantine.objects.get(lead=lead).outcome


def age(lead: Lead, days: int) -> None:
    """Make as if it had been held back so many days ago, which a trigger refuses."""
    with pgtrigger.ignore("intake.Quarantine:quarantine_frozen"):
        Quarantine.objects.filter(lead=lead).update(held_at=timezone.now() - timedelta(days=days))


# --- Released


@pytest.mark.django_db
def test_released_it_goes_on_as_any_other():
    factories.DeskFactory()
    user = factories.UserFactory()
    lead = held()
    do_jobs()

    released = quarantine.release_lead(lead=lead, by=user)
    assert do_jobs() == ["done"]

    assert released.status == "new"
    assert state(lead) == ("routed", "released")
    row = Quarantine.objects.get(lead=lead)
    assert row.ended_by == user
    assert row.ended_at is not None
    lead.refresh_from_db()
    assert (lead.owner is not None, lead.contact is not None) == (True, True)
    assert Message.objects.filter(to_email=lead.enquiry.email).count() == 1
    activity = lead.activities.get(kind="released")
    assert (activity.text, activity.by) == ("quarantined → new", user)


@pytest.mark.django_db
def test_released_twice_it_is_released_once():
    lead = held()
    quarantine.release_lead(lead=lead, by=factories.UserFactory())
    jobs = Job.objects.count()

    with pytest.raises(ValidationError) as refusal:
        quarantine.release_lead(lead=lead, by=factories.UserFactory())

    assert refusal.value.code == "conflict"
    assert Job.objects.count() == jobs


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["release", "spam"])
def test_of_two_at_once_one_decides(verb):
    user = factories.UserFactory()
    lead = held()

    def decide() -> str:
        try:
            if verb == "release":
                quarantine.release_lead(lead=lead, by=user)
            else:
                quarantine.call_spam(lead=lead, by=user, reason="Sells links.")
        except ValidationError as error:
            return str(error.code)
        return "done"

    assert sorted(racing.race(decide, decide)) == ["conflict", "done"]
    assert lead.activities.count() == 2  # held back, decided


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["new", "routed", "disqualified"])
def test_what_was_never_held_back_is_not_released(status):
    lead = factories.lead_of(status=status)

    with pytest.raises(ValidationError) as refusal:
        quarantine.release_lead(lead=lead, by=factories.UserFactory())

    assert refusal.value.code == "conflict"
    assert Lead.objects.get(pk=lead.pk).status == status


# --- Spam


@pytest.mark.django_db
def test_called_spam_it_is_closed_with_the_reason_and_makes_nothing():
    user = factories.UserFactory()
    lead = held()

    quarantine.call_spam(lead=lead, by=user, reason=" Sells links. ")
    do_jobs()

    lead.refresh_from_db()
    assert state(lead) == ("disqualified", "spam")
    assert lead.closing_reason == "Spam: Sells links."
    assert lead.activities.latest("pk").by == user
    assert (Contact.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", " \n"])
def test_spam_needs_a_reason(reason):
    lead = held()

    with pytest.raises(ValidationError) as refusal:
        quarantine.call_spam(lead=lead, by=factories.UserFactory(), reason=reason)

    assert refusal.value.code == "required"
    assert state(lead) == ("quarantined", "open")


@pytest.mark.django_db
def test_what_was_called_spam_by_mistake_is_released_after_all():
    factories.DeskFactory()
    lead = held()
    quarantine.call_spam(lead=lead, by=factories.UserFactory(), reason="Looks so.")

    quarantine.release_lead(lead=lead, by=factories.UserFactory())
    do_jobs()

    lead.refresh_from_db()
    assert state(lead) == ("routed", "released")
    assert (lead.closed_at, lead.closing_reason) == (None, "")


@pytest.mark.django_db
def test_a_client_who_withdraws_ends_it_too():
    lead = held()

    after_sending.withdraw_request(lead=lead)

    assert state(lead) == ("disqualified", "closed")


@pytest.mark.django_db
def test_what_its_client_withdrew_is_not_released():
    lead = held()
    after_sending.withdraw_request(lead=lead)

    with pytest.raises(ValidationError):
        quarantine.release_lead(lead=lead, by=factories.UserFactory())

    assert state(lead) == ("disqualified", "closed")


@pytest.mark.django_db
def test_disqualified_by_other_hands_it_counts_as_closed():
    lead = held()

    leads.disqualify_lead(lead=lead, by=factories.UserFactory(), reason="No client of ours.")

    assert state(lead) == ("disqualified", "closed")


@pytest.mark.django_db
def test_what_was_erased_does_not_go_on():
    user = factories.UserFactory()
    lead = held()
    quarantine.call_spam(lead=lead, by=user, reason="Sells links.")
    erasing.erase_lead(
        lead=lead, asked_by=factories.UserFactory(), by=user, because="Asked for it."
    )

    with pytest.raises(ValidationError) as refusal:
        quarantine.release_lead(lead=lead, by=user)

    assert refusal.value.code == "conflict"
    assert state(lead) == ("disqualified", "spam")
    found = Screening.objects.get(lead=lead)
    assert (found.items, found.text_bands, set(found.text_digest)) == ([], [], {"0"})
    kept = Quarantine.objects.get(lead=lead)
    assert (kept.text_bands, set(kept.text_digest)) == ([], {"0"})
    assert Lead.objects.get(pk=lead.pk).enquiry.arrival == {}


# --- Nobody looks


@pytest.mark.django_db
def test_while_it_is_only_simulated_what_is_old_is_marked_once(settings):
    settings.QUARANTINE_DAYS = 30
    old, young = held(), held()
    age(old, 31)
    age(young, 29)

    assert [quarantine.expire_old(), quarantine.expire_old()] == [1, 0]

    assert (state(old), state(young)) == ((("quarantined", "open"),) * 2)
    assert Quarantine.objects.get(lead=old).would_expire_at is not None
    assert Quarantine.objects.get(lead=young).would_expire_at is None


@pytest.mark.django_db
def test_switched_on_what_is_old_is_closed_and_nothing_is_deleted(settings):
    settings.QUARANTINE_DAYS, settings.QUARANTINE_EXPIRES = 30, True
    old, young, urgent = held(), held(), held(needs="Our driver was kidnapped this morning.")
    for lead, days in ((old, 31), (young, 29), (urgent, 300)):
        age(lead, days)

    assert [quarantine.expire_old(), quarantine.expire_old()] == [1, 0]

    assert state(old) == ("disqualified", "expired")
    assert (state(young), state(urgent)) == ((("quarantined", "open"),) * 2)
    old.refresh_from_db()
    assert old.closing_reason == "Held back for 30 days, and nobody released it"
    assert Screening.objects.count() == Lead.objects.count() == 3


# --- How right it was


@pytest.mark.django_db
def test_the_rate_of_false_alarms_is_counted_by_the_week():
    user = factories.UserFactory()
    released, proved, spam, waiting = held(), held(), held(), held()
    last_week = held()
    quarantine.release_lead(lead=released, by=user)
    quarantine.release_lead(lead=proved, by=None)
    quarantine.call_spam(lead=spam, by=user, reason="x")
    quarantine.call_spam(lead=last_week, by=user, reason="x")
    age(last_week, 7)

    this, last = Quarantine.objects.by_week()

    counts = ("held", "was_open", "was_released", "was_proved", "was_spam", "was_expired", "rate")
    assert [this[name] for name in counts] == [4, 1, 1, 1, 1, 0, 50]
    assert [last[name] for name in counts] == [1, 0, 0, 0, 1, 0, 0]
    assert this["week"] - last["week"] == WEEKS
    assert state(waiting) == ("quarantined", "open")
    assert not Activity.objects.filter(lead=waiting, kind="released").exists()
    assert arrived().status == "new"
