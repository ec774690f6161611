from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake import conditions, routing
from intake.models import Desk, RequiredSkill, RoutingDecision, RoutingRule
from tests import factories
from tests.intake.admin.screens import client_of, page, person, said

RULES = "/staff/intake/routingrule/"
NO_SKILL = {
    "required-TOTAL_FORMS": "0",
    "required-INITIAL_FORMS": "0",
    "required-MIN_NUM_FORMS": "0",
    "required-MAX_NUM_FORMS": "1000",
}


@pytest.fixture
def desk(db) -> Desk:
    """The default desk."""
    return factories.DeskFactory()


@pytest.fixture
def lead_of_desk(db) -> Client:
    """A browser in which a desk lead is logged in."""
    return client_of(factories.UserFactory(roles=["desk lead"]))


def sent(desk: Desk, **fields: Any) -> dict[str, Any]:
    """The form of a rule for Mali, in force."""
    form = {
        "name": "Mali", "position": "10", "is_live": "on", "desk": desk.pk, "within_hours": "24",
        "country_level": "1", "service_level": "1", "language_level": "1", "topic_level": "0",
        "when_country": ["ML"],
    }  # fmt: skip
    return form | NO_SKILL | fields


def make(desk: Desk, name: str, **fields: Any) -> RoutingRule:
    given = {"is_live": True, "position": 10} | fields
    return RoutingRule.objects.create(name=name, desk=desk, **given)


def test_a_rule_is_written_with_each_condition_and_read_back(desk, lead_of_desk):
    brief = factories.BriefFactory(slug="fuel-convoy")
    awa = factories.AdviserFactory()
    given = {
        "country": ["ML", "NE"], "region": ["western"], "service": ["route-assessment"], "topic": ["crime"],
        "language": ["fr"], "timeframe": ["days"], "budget": ["none", "over-100k"], "organisation": ["known"],
        "priority": ["normal"], "brief": [brief.slug], "keyword": ["pipelin*", "gold mine"], "score": 20,
    }  # fmt: skip
    lines = {"brief": brief.slug, "keyword": "pipelin*\n gold mine \n\npipelin*"}
    form = sent(desk, adviser=awa.pk) | {f"when_{k}": lines.get(k, v) for k, v in given.items()}
    form |= NO_SKILL | {
        "required-TOTAL_FORMS": "1", "required-0-skill": "topic:crime", "required-0-level": "3",
    }  # fmt: skip

    response = lead_of_desk.post(f"{RULES}add/", form)

    assert response["Location"] == RULES
    rule = RoutingRule.objects.get()
    assert (rule.conditions, rule.adviser, rule.is_live) == (given, awa, True)
    assert [(one.skill, one.level) for one in rule.required.all()] == [("topic:crime", 3)]
    html = lead_of_desk.get(f"{RULES}{rule.pk}/change/").content.decode()
    assert "pipelin*\ngold mine</textarea>" in html
    assert '<option value="ML" selected>Mali</option>' in html
    listed = lead_of_desk.get(RULES).content.decode()
    assert "Region: Western Africa" in listed


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": ""}, "This field is required."),
        ({"desk": ""}, "This field is required."),
        (
            {"when_country": ["FR"]},
            "Select a valid choice. FR is not one of the available choices.",
        ),
        ({"when_score": "101"}, "Ensure this value is less than or equal to 100."),
        ({"when_score": "many"}, "Enter a whole number."),
        ({"when_keyword": "of"}, "“of” is too short for a keyword: it needs 3 letters."),
        ({"when_brief": "nothing-such"}, "No brief has this slug: nothing-such."),
        ({"within_hours": "0"}, "Between 1 and 336 hours."),
        ({"country_level": "9"}, "Select a valid choice. 9 is not one of the available choices."),
        ({"both": True}, "Choose one adviser or a pool, not both."),
    ],
)
def test_what_is_no_rule_is_said_at_its_field_and_what_was_typed_stays(
    desk, lead_of_desk, change, error
):
    awa = factories.AdviserFactory()
    if change.pop("both", False):
        change |= {"adviser": awa.pk, "pool": [awa.pk]}

    response = lead_of_desk.post(f"{RULES}add/", sent(desk, note="Typed before") | change)

    assert response.status_code == 200
    html = response.content.decode()
    assert error in html
    assert "Typed before" in html
    assert RoutingRule.objects.count() == 0


def test_what_can_never_be_reached_is_pointed_out_when_saved_and_in_the_list(desk, lead_of_desk):
    factories.AdviserFactory()
    make(desk, "Everything", position=1)

    response = lead_of_desk.post(f"{RULES}add/", sent(desk))

    warning = (
        "Never reached: “Everything” comes first and takes every lead that this one would match."
    )
    assert warning in said(response)
    assert warning in lead_of_desk.get(RULES).content.decode()
    rule = RoutingRule.objects.get(name="Mali")
    html = lead_of_desk.get(f"{RULES}{rule.pk}/change/").content.decode()
    assert warning in html
    assert f"<p>{'; '.join(conditions.in_words(rule.conditions))} → {desk}</p>" in html


def test_a_copy_is_a_draft_with_everything(desk, lead_of_desk):
    awa = factories.AdviserFactory()
    rule = make(desk, "Mali", conditions={"country": ["ML"]})
    rule.pool.set([awa])
    RequiredSkill.objects.create(rule=rule, kind="language", value="fr", level=3)

    response = lead_of_desk.post(f"{RULES}{rule.pk}/verbs/copy/")

    copy = RoutingRule.objects.exclude(pk=rule.pk).get()
    assert response["Location"] == f"{RULES}{copy.pk}/change/"
    assert (copy.name, copy.is_live, copy.conditions) == ("Mali (2)", False, rule.conditions)
    assert ([*copy.pool.all()], copy.required.get().skill) == ([awa], "language:fr")


def test_a_rule_that_decided_stays_for_the_record(desk, lead_of_desk):
    factories.AdviserFactory()
    rule, unused = make(desk, "Mali"), make(desk, "Unused", is_live=False)
    routing.route_lead(lead_id=factories.new_lead().pk)

    refused = lead_of_desk.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"})
    removed = lead_of_desk.post(f"{RULES}{unused.pk}/delete/", {"post": "yes"})

    assert (refused.status_code, removed.status_code) == (403, 302)
    assert RoutingRule.objects.get() == rule
    assert "It decided on 1 lead." in lead_of_desk.get(f"{RULES}{rule.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("kind", "looks", "writes"),
    [
        ("desk lead", 200, 200),
        ("auditor", 200, 403),
        ("owner", 403, 403),
        ("approver", 403, 403),
        ("analyst", 403, 403),
        ("anonymous", 302, 302),
    ],
)
def test_who_reads_tries_and_writes_rules(desk, kind, looks, writes):
    lead = factories.lead_of()
    client = client_of(person(kind, lead.owner))
    rule = make(desk, "Mali")

    assert client.get(RULES).status_code == looks
    assert client.get(f"{RULES}try/?number=5").status_code == looks
    assert client.get(f"{RULES}add/").status_code == writes
    assert client.post(f"{RULES}add/", sent(desk, name="New")).status_code in (302, 403)
    assert client.post(f"{RULES}{rule.pk}/verbs/copy/").status_code in (302, 403)
    assert RoutingRule.objects.count() == (3 if writes == 200 else 1)


def test_rules_are_tried_on_past_leads_from_the_page(desk, lead_of_desk):
    awa = factories.AdviserFactory(user__full_name="Awa", capacity=99)
    bruno = factories.AdviserFactory(user__full_name="Bruno", capacity=99)
    lead = factories.new_lead()
    routing.route_lead(lead_id=lead.pk)
    draft = make(desk, "To Bruno", is_live=False, adviser=bruno)

    empty = lead_of_desk.get(f"{RULES}try/").content.decode()
    html = lead_of_desk.get(f"{RULES}try/?rules={draft.pk}&number=50").content.decode()
    same = lead_of_desk.get(f"{RULES}try/?number=50").content.decode()
    refused = lead_of_desk.get(f"{RULES}try/?rules=999&number=0")

    assert "Nothing tried yet" in empty
    assert "1 lead, 1 with somebody else than by the rules in force" in html
    assert "with the same adviser" not in html
    assert '<details class="staff-more" open><summary>1 with the same adviser</summary>' in same
    assert lead.reference in html
    assert (refused.status_code, "Ensure this value is greater" in refused.content.decode()) == (
        400,
        True,
    )
    assert RoutingDecision.objects.get().chosen == awa


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("desk lead", 200),
        ("auditor", 200),
        ("owner", 403),
        ("other adviser", 404),
        ("anonymous", 302),
    ],
)
def test_who_may_see_who_would_get_a_lead_now(desk, kind, status):
    owner = factories.AdviserFactory(user__full_name="Awa")
    lead = factories.lead_of(owner)
    client = client_of(person(kind, owner))

    response = client.get(f"/staff/intake/lead/{lead.pk}/dry-run/")

    assert response.status_code == status
    if status == 200:
        assert "Awa would get it now" in response.content.decode()
        assert "dry-run" in client.get(page(lead)).content.decode()
    assert RoutingDecision.objects.count() == 0


def test_whoever_was_passed_over_reads_why(desk):
    awa = factories.AdviserFactory(user__full_name="Awa")
    lead_of = factories.AdviserFactory(user__roles=["desk lead"], languages=["fr"])
    lead = factories.new_lead()
    routing.route_lead(lead_id=lead.pk)

    html = client_of(lead_of.user).get(page(lead)).content.decode()
    own = client_of(awa.user).get(page(lead)).content.decode()

    assert "Why not you? You do not work in English." in html
    assert "Why not you?" not in own


def test_three_rules_cost_as_many_statements_as_one(desk, lead_of_desk):
    lead_of_desk.get(RULES)
    counts = []
    for number in (1, 2):
        for n in range(number):
            make(desk, f"R{number} {n}").pool.set([factories.AdviserFactory()])
        with CaptureQueriesContext(connection) as queries:
            assert lead_of_desk.get(RULES).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
