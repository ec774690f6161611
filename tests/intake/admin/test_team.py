import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from intake import eligibility
from intake.admin.team import AdviserAdmin
from intake.models import Absence, Adviser, Desk
from tests import factories
from tests.intake.admin.screens import client_of, person
from tests.intake.pages import Page

ADVISERS = "/staff/intake/adviser/"
DESKS = "/staff/intake/desk/"
NO_ABSENCE = {
    "absences-TOTAL_FORMS": "0",
    "absences-INITIAL_FORMS": "0",
    "absences-MIN_NUM_FORMS": "0",
    "absences-MAX_NUM_FORMS": "1000",
}
DAY = "09:00-12:30, 13:30-17:00"
SKILLS = {
    "capacity": "7",
    "weight": "0.50",
    "is_taking_leads": "on",
    "time_zone": "Africa/Dakar",
    "holidays_country": "SN",
    **dict.fromkeys(("monday", "tuesday", "wednesday"), DAY),
    "skills-TOTAL_FORMS": "3",
    "skills-INITIAL_FORMS": "0",
    "skills-MIN_NUM_FORMS": "0",
    "skills-MAX_NUM_FORMS": "1000",
    "skills-0-skill": "language:fr",
    "skills-0-level": "3",
    "skills-1-skill": "country:ML",
    "skills-1-level": "2",
    "skills-2-level": "2",  # a row that was added and left empty
}
KNOWN = [("country:ML", 2), ("language:fr", 3)]


def known(adviser: Adviser) -> list[tuple[str, int]]:
    """Their skills with levels."""
    return sorted((skill.skill, skill.level) for skill in adviser.skills.all())


@pytest.fixture
def desk_lead() -> Client:
    """A browser in which a desk lead is logged in."""
    return client_of(factories.UserFactory(roles=["desk lead"]))


def absence(first: str, last: str) -> dict[str, str]:
    """The fields of one new absence."""
    return NO_ABSENCE | {
        "absences-TOTAL_FORMS": "1",
        "absences-0-starts_on": first,
        "absences-0-ends_on": last,
        "absences-0-policy": "keep",
        "absences-0-note": "Leave",
    }


@pytest.mark.django_db
def test_a_desk_lead_makes_a_member_of_staff_an_adviser(desk_lead):
    user = factories.UserFactory(full_name="Awa Adviser", roles=["adviser"])
    factories.UserFactory(full_name="Gone Adviser", is_active=False)

    form = desk_lead.get(f"{ADVISERS}add/").content.decode()
    response = desk_lead.post(f"{ADVISERS}add/", SKILLS | NO_ABSENCE | {"user": user.pk})

    assert f'<option value="{user.pk}">Awa Adviser</option>' in form
    assert "Gone Adviser" not in form
    assert response["Location"] == ADVISERS
    adviser = Adviser.objects.get()
    assert (adviser.user, known(adviser), adviser.capacity) == (user, KNOWN, 7)
    assert (adviser.time_zone, adviser.holidays_country) == ("Africa/Dakar", "SN")
    assert adviser.hours == [DAY, DAY, DAY, "", "", "", ""]
    assert (adviser.weight, adviser.is_taking_leads, adviser.credit) == (Decimal("0.50"), True, 0)


@pytest.mark.django_db
def test_an_adviser_s_skills_and_days_away_are_edited(desk_lead):
    adviser = factories.AdviserFactory(
        credit=Decimal("1.50"), languages=[], countries=[], services=[]
    )
    sent = SKILLS | absence("2026-12-24", "2026-12-31") | {"user": adviser.user.pk}

    page = desk_lead.get(f"{ADVISERS}{adviser.pk}/change/")
    response = desk_lead.post(f"{ADVISERS}{adviser.pk}/change/", sent | {"credit": "99"})

    assert page.status_code == 200
    assert response["Location"] == ADVISERS
    adviser.refresh_from_db()
    assert (known(adviser), adviser.credit) == (KNOWN, Decimal("1.50"))
    away = Absence.objects.get()
    assert (str(away.starts_on), str(away.ends_on), away.note) == (
        "2026-12-24",
        "2026-12-31",
        "Leave",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"skills-0-skill": "language:xx"}, "Select a valid choice. language:xx is not one of the"),
        ({"skills-0-skill": "country:FR"}, "Select a valid choice. country:FR is not one of the"),
        ({"skills-0-skill": "service:not-sure"}, "Select a valid choice. service:not-sure is not"),
        ({"skills-0-skill": "country:ML"}, "This skill stands here twice."),
        ({"skills-0-level": "4"}, "Select a valid choice. 4 is not one of the available choices."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice. Mars/Olympus is not one of the"),
        ({"holidays_country": "ZZ"}, "Select a valid choice. ZZ is not one of the available"),
        ({"friday": "nine to five"}, "Write hours as 09:00-17:00, several with a comma"),
        ({"friday": "22:00-06:00"}, "For a night write two days"),
        ({"capacity": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"capacity": "99999999"}, "Ensure this value is less than or equal to 32767."),
        ({"capacity": "many"}, "Enter a whole number."),
        ({"weight": "0"}, "Ensure this value is greater than or equal to 0.01."),
        ({"weight": "NaN"}, "Enter a number."),
        ({"weight": "100"}, "Ensure that there are no more than 2 digits before the decimal point."),
        ({"user": ""}, "This field is required."),
        ({"user": "999999"}, "Select a valid choice."),
        (absence("2026-12-31", "2026-12-24"), "The end lies before the start."),
        (
            absence("2026-12-24", "2026-12-24")
            | {"absences-0-from_hour": "16:00", "absences-0-to_hour": "14:00"},
            "The end lies before the start.",
        ),
        (
            absence("2026-12-24", "2026-12-31") | {"absences-0-policy": "cover"},
            "Name the delegate who covers the leads.",
        ),
        (absence("2026-12-31", ""), "This field is required."),
        (absence("soon", "later"), "Enter a valid date."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(desk_lead, change, error):
    user = factories.UserFactory(roles=["adviser"])

    response = desk_lead.post(f"{ADVISERS}add/", SKILLS | NO_ABSENCE | {"user": user.pk} | change)

    assert response.status_code == 200
    assert error in response.content.decode()
    assert (Adviser.objects.count(), Absence.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_nobody_is_an_adviser_twice(desk_lead):
    adviser = factories.AdviserFactory()

    response = desk_lead.post(f"{ADVISERS}add/", SKILLS | NO_ABSENCE | {"user": adviser.user.pk})

    assert response.status_code == 200
    assert "Adviser with this User already exists." in response.content.decode()
    assert Adviser.objects.count() == 1


@pytest.mark.django_db
def test_who_may_not_see_leads_is_given_none(desk_lead):
    analyst = factories.UserFactory(roles=["analyst"])

    response = desk_lead.post(f"{ADVISERS}add/", SKILLS | NO_ABSENCE | {"user": analyst.pk})

    assert response.status_code == 200
    assert "An administrator must give them the role of adviser first." in response.content.decode()
    assert Adviser.objects.count() == 0


@pytest.mark.django_db
def test_an_adviser_who_left_keeps_their_page(desk_lead):
    adviser = factories.AdviserFactory(user__is_active=False, user__full_name="Gone Adviser")

    page = desk_lead.get(f"{ADVISERS}{adviser.pk}/change/").content.decode()

    assert f'<option value="{adviser.user.pk}" selected>Gone Adviser</option>' in page


@pytest.mark.django_db
def test_the_list_says_who_gets_leads_now_and_why_others_do_not(desk_lead):
    bruno = factories.AdviserFactory(user__full_name="Bruno", capacity=0)
    away = factories.AdviserFactory(user__full_name="Awa")
    today = timezone.localdate()
    away.absences.create(
        starts_on=today - timedelta(days=2), ends_on=today + timedelta(days=3), delegate=bruno
    )
    factories.AdviserFactory(user__full_name="Gone", user__is_active=False)
    factories.AdviserFactory(user__full_name="There")

    shown = desk_lead.get(ADVISERS).context["cl"].result_list
    until = eligibility.told(away.absences.get().span()[1])

    assert [(str(one), one.now) for one in shown] == [
        ("Awa", f"No: is away until {until}; Bruno stands in"),
        ("Bruno", "No: has 0 open leads, the most they take is 0"),
        ("Gone", "No: may not log in"),
        ("There", "Yes"),
    ]


@pytest.mark.django_db
def test_the_list_counts_open_leads(desk_lead):
    adviser = factories.AdviserFactory()
    for status in ("routed", "proposal", "won"):
        factories.lead_of(adviser, status=status)

    page = desk_lead.get(ADVISERS)

    assert [row.open_leads for row in page.context["cl"].result_list] == [2]
    (found,) = re.findall(r'<a class="staff-link" href="([^"]+)">2 of 10</a>', page.text)
    shown = desk_lead.get(unescape(found)).context["cl"].result_list
    assert sorted(lead.status for lead in shown) == ["proposal", "routed"]
    other = client_of(factories.AdviserFactory(user__roles=["adviser"]).user)
    assert "staff-link" not in other.get(ADVISERS).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "looks", "adds"),
    [
        ("owner", 200, 403),
        ("auditor", 200, 403),
        ("approver", 403, 403),
        ("analyst", 403, 403),
        ("anonymous", 302, 302),
        ("superuser", 200, 200),
    ],
)
def test_who_may_look_at_and_who_may_change_the_team(kind, looks, adds):
    adviser = factories.AdviserFactory(languages=[], countries=[], services=[])
    client = client_of(person(kind, adviser))
    sent = SKILLS | NO_ABSENCE | {"user": adviser.user.pk, "capacity": "0"}

    changed = client.post(f"{ADVISERS}{adviser.pk}/change/", sent)

    assert client.get(ADVISERS).status_code == looks
    assert client.get(f"{ADVISERS}add/").status_code == adds
    adviser.refresh_from_db()
    assert (adviser.capacity == 0) == (kind == "superuser")
    assert changed.status_code in (302, 403)


@pytest.mark.django_db
def test_an_adviser_with_leads_is_not_deleted():
    lead = factories.lead_of()
    client = client_of(factories.UserFactory(is_superuser=True))

    response = client.post(f"{ADVISERS}{lead.owner.pk}/delete/", {"post": "yes"}, follow=True)

    assert response.status_code == 200
    assert Adviser.objects.filter(pk=lead.owner.pk).exists()


# --- Desks


@pytest.mark.django_db
def test_a_desk_falls_back_on_somebody_who_may_log_in(desk_lead):
    owner = factories.AdviserFactory(user__full_name="Lindiwe")
    gone = factories.AdviserFactory(user__full_name="Gone", user__is_active=False)
    sent = {"name": "Africa desk", "is_default": "on"}

    form = desk_lead.get(f"{DESKS}add/").content.decode()
    refused = desk_lead.post(f"{DESKS}add/", sent | {"fallback_owner": gone.pk})
    stored = desk_lead.post(f"{DESKS}add/", sent | {"fallback_owner": owner.pk})

    assert f'<option value="{owner.pk}">Lindiwe</option>' in form
    assert "Gone" not in form
    assert (refused.status_code, stored.status_code) == (200, 302)
    desk = Desk.objects.get()
    assert (desk.name, desk.fallback_owner, desk.is_default) == ("Africa desk", owner, True)


@pytest.mark.django_db
def test_a_second_default_desk_is_refused_in_words(desk_lead):
    desk = factories.DeskFactory()
    sent = {"name": "Other desk", "fallback_owner": desk.fallback_owner.pk, "is_default": "on"}

    response = desk_lead.post(f"{DESKS}add/", sent)

    assert response.status_code == 200
    assert "Another desk is the default already." in response.content.decode()
    assert Desk.objects.get() == desk


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "status"), [("auditor", 200), ("adviser", 403), ("analyst", 403)])
def test_who_may_look_at_desks(kind, status):
    client = client_of(factories.UserFactory(roles=[kind]))

    assert client.get(DESKS).status_code == status
    assert client.get(f"{DESKS}add/").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("address", [ADVISERS, DESKS, f"{ADVISERS}add/", f"{DESKS}add/"])
def test_three_advisers_cost_as_many_statements_as_one(address, desk_lead):
    factories.DeskFactory()
    desk_lead.get(address)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            factories.DeskFactory(is_default=False)
        with CaptureQueriesContext(connection) as queries:
            assert desk_lead.get(address).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 9


def test_days_away_are_told_by_name():
    today = timezone.localdate()
    adviser = Adviser(user=User(full_name="Awa"))
    away = Absence(adviser=adviser, starts_on=today, ends_on=today + timedelta(days=1))

    assert str(away) == f"Awa, {today} to {today + timedelta(days=1)}"


@pytest.mark.django_db
def test_saving_an_adviser_leaves_the_credit_to_routing(desk_lead, monkeypatch):
    adviser = factories.AdviserFactory(languages=[], countries=[], services=[])
    save = AdviserAdmin.save_model

    def routed_meanwhile(*args):
        Adviser.objects.filter(pk=adviser.pk).update(credit=Decimal("-3"))
        save(*args)

    monkeypatch.setattr(AdviserAdmin, "save_model", routed_meanwhile)
    sent = SKILLS | NO_ABSENCE | {"user": adviser.user.pk}
    assert desk_lead.post(f"{ADVISERS}{adviser.pk}/change/", sent).status_code == 302

    adviser.refresh_from_db()
    assert (adviser.capacity, adviser.credit) == (7, Decimal("-3"))


# --- What others changed since the page was shown


def shown(client: Client, address: str) -> dict[str, object]:
    """What a browser sends of this page when nothing was touched, but for boxes without a tick."""
    sent = Page(client.get(address)).fields
    rows = {name: value for name, value in sent.items() if "__prefix__" not in name}
    return {name: value for name, value in rows.items() if value != []}


@pytest.mark.django_db
def test_saving_a_page_of_an_hour_ago_undoes_nothing_that_others_changed(desk_lead):
    awa = factories.AdviserFactory(capacity=5, hours=[DAY] * 5 + ["", ""])
    awa.skills.all().delete()
    skill = awa.skills.create(kind="country", value="ML", level=1)
    leave = awa.absences.create(starts_on="2030-12-02", ends_on="2030-12-09", note="Leave")
    address = f"{ADVISERS}{awa.pk}/change/"
    page = shown(desk_lead, address)

    Adviser.objects.update(capacity=9, hours=[""] + [DAY] * 4 + ["", ""])
    awa.skills.update(level=3)
    awa.absences.update(ends_on="2030-12-03", delegate=factories.AdviserFactory())
    sent = page | {"weight": "0.50", "friday": "09:00-12:00", "absences-0-note": "Sick"}
    answer = desk_lead.post(address, sent)

    assert answer.status_code == 302
    awa.refresh_from_db()
    assert (awa.weight, awa.capacity) == (Decimal("0.50"), 9)
    assert awa.hours == ["", DAY, DAY, DAY, "09:00-12:00", "", ""]
    assert awa.skills.get().level == 3 > skill.level
    now = awa.absences.get()
    assert (str(now.ends_on), now.note, now.delegate is None) == ("2030-12-03", "Sick", False)
    assert now.revision == 2 > leave.revision


@pytest.mark.django_db
def test_what_does_not_fit_with_what_others_changed_is_refused(desk_lead):
    awa = factories.AdviserFactory()
    leave = awa.absences.create(starts_on="2030-12-02", ends_on="2030-12-09")
    address = f"/staff/intake/absence/{leave.pk}/change/"
    page = shown(desk_lead, address)

    awa.absences.update(ends_on="2030-12-03")
    answer = desk_lead.post(address, page | {"starts_on": "2030-12-05"})

    assert answer.context["adminform"].form.errors == {
        "ends_on": ["The end lies before the start."]
    }
    leave.refresh_from_db()
    assert (str(leave.starts_on), str(leave.ends_on)) == ("2030-12-02", "2030-12-03")
