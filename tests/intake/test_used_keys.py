import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.models import Enquiry
from intake.used_keys import UsedKeys
from tests import factories

pytestmark = pytest.mark.django_db
ONE = {"email": "one@client.example", "full_name": "One"}


def test_a_repeat_is_asked_for_and_not_stored_once_more():
    first = factories.receive(key="api:k", **ONE)

    with CaptureQueriesContext(connection) as queries:
        assert factories.receive(key="api:k", **ONE) == first

    assert [q["sql"].split()[0] for q in queries] == ["SELECT"]


def test_a_process_that_has_not_seen_the_key_learns_it_from_the_database(used_keys):
    first = factories.receive(key="api:k", **ONE)
    used_keys.forget("api:k")

    assert factories.receive(key="api:k", **ONE) == first

    assert "api:k" in used_keys
    assert Enquiry.objects.count() == 1


def test_a_key_that_the_database_has_let_go_stores_again(used_keys):
    """As after a day, or when the request was erased: thanks without a row would be a lie."""
    used_keys.note("api:k", factories.ContentFactory.build(**ONE).digest)

    receipt = factories.receive(key="api:k", **ONE)

    assert Enquiry.objects.get().lead.reference == receipt.reference


def test_another_request_under_a_key_just_seen_is_refused_without_a_statement(used_keys):
    first = factories.receive(key="api:k", **ONE)

    with CaptureQueriesContext(connection) as queries, pytest.raises(ValidationError) as refusal:
        factories.receive(key="api:k", **ONE | {"full_name": "Another"})

    assert refusal.value.code == "key_reused"
    assert len(queries) == 0
    assert factories.receive(key="api:k", **ONE) == first
    assert Enquiry.objects.count() == 1


def test_after_a_minute_the_database_is_asked_whether_the_key_still_stands(used_keys, monkeypatch):
    """It may have let the key go, and then the other request is a new one."""
    factories.receive(key="api:k", **ONE)
    monkeypatch.setattr("intake.used_keys._SURE_FOR", 0)

    with CaptureQueriesContext(connection) as queries, pytest.raises(ValidationError) as refusal:
        factories.receive(key="api:k", **ONE | {"full_name": "Another"})
    assert refusal.value.code == "key_reused"
    assert [q["sql"].split()[0] for q in queries] == ["SELECT"]


def test_the_key_that_was_seen_the_longest_ago_makes_room():
    keys = UsedKeys(most=2)
    for key in ("a", "b", "a", "c"):
        keys.note(key, "digest")

    assert [key for key in "abc" if key in keys] == ["a", "c"]
