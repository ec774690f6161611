"""What another process changes counts for the next lead of this one, though it keeps what it has made of the rows."""

import json

import psycopg
import pytest
from django.db import connection

from intake import roster, routing
from tests import factories

ABSENCE = (
    "INSERT INTO intake_absence (adviser_id, starts_on, ends_on, policy, note)"
    " VALUES (%s, current_date - 1, current_date + 9, 'keep', '')"
)
WORDS = ("does not work in English", "no working hours", "is away until")
CHANGES = (
    ("UPDATE intake_routingrule SET is_live = false WHERE %s > 0", [False, False, False]),
    ("DELETE FROM intake_skill WHERE adviser_id = %s", [True, False, False]),
    ("UPDATE intake_adviser SET hours = array_fill(''::varchar, ARRAY[7]) WHERE id = %s", [True, True, False]),
    (ABSENCE, [True, True, True]),
)  # fmt: skip


@pytest.fixture
def elsewhere(transactional_db):
    """Another connection, which commits at once."""
    parameters = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    known = {name: parameters[name] for name in names if parameters.get(name)}
    with psycopg.connect(**known, autocommit=True) as db:
        yield db


def test_rules_desks_skills_hours_and_absences_count_when_they_change(elsewhere):
    desk = factories.DeskFactory()
    adviser = desk.fallback_owner
    factories.AdviserFactory(capacity=99)
    for _ in range(2):
        routed = routing.route_lead(lead_id=factories.new_lead().pk)
    assert (routed.rule_id, roster.house().rules, roster.house().keywords) == (None, (), [])

    elsewhere.execute(
        "INSERT INTO intake_routingrule (name, is_live, position, conditions, desk_id, within_hours, country_level,"
        " service_level, language_level, topic_level, note) VALUES ('Road', true, 1, %s, %s, 24, 0, 0, 0, 0, '')",
        [json.dumps({"keyword": ["road"]}), desk.pk],
    )
    elsewhere.execute("UPDATE intake_desk SET name = 'Other desk'")
    lead = factories.new_lead(needs="What do you know of the road from Bamako to Gao in March?")
    routed = routing.route_lead(lead_id=lead.pk)
    assert (routed.rule.name, routed.inputs["desks"][0]["name"]) == ("Road", "Other desk")
    assert routed.inputs["facts"]["keywords"] == ["road"]

    for change, said in CHANGES:
        elsewhere.execute(change, [adviser.pk])
        routed = routing.route_lead(lead_id=factories.new_lead().pk)
        assert routed.rule_id is None
        assert [words in " ".join(routed.candidates[0]["exclusions"]) for words in WORDS] == said
