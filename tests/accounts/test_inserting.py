import pytest
from django.db import connection

from accounts import inserting
from accounts.models import User
from jobs.models import Job
from tests.jobs.making import make_job

pytestmark = pytest.mark.django_db


def test_a_row_stored_so_is_as_django_stores_it() -> None:
    """Also of a table with columns that nobody gives: Django's own values, and those of the database."""
    with connection.cursor() as cursor:
        given = {"kind": "'tests.work'", "key": "'it''s 100%%'", "subject_id": "7"}
        cursor.execute(f"{inserting.insert(Job, given)} RETURNING id, %s", ["x"])
        ((pk, _),) = cursor.fetchall()

    ours = Job.objects.get(pk=pk)
    djangos = make_job(kind="tests.work", key="another", subject_id=7)
    djangos.refresh_from_db()
    moments = {"run_at", "hinted_at", "created_at"}
    differs = {"id", "key", *moments}
    assert ours.key == "it's 100%"
    assert {name: getattr(ours, name) for name in moments} == dict.fromkeys(moments, ours.run_at)
    for field in Job._meta.concrete_fields:
        if field.name not in differs:
            assert getattr(ours, field.name) == getattr(djangos, field.name), field.name


def test_one_row_for_each_of_others() -> None:
    given = {"kind": "'tests.work'", "key": "'k' || n.id", "subject_id": "n.id"}
    with connection.cursor() as cursor:
        cursor.execute(inserting.insert(Job, given, rows="FROM generate_series(1, 3) AS n (id)"))

    assert list(Job.objects.order_by("pk").values_list("key", "subject_id")) == [
        ("k1", 1),
        ("k2", 2),
        ("k3", 3),
    ]


def test_a_value_that_is_made_anew_for_each_row_has_to_be_given() -> None:
    with pytest.raises(ValueError, match="joined_at"):
        inserting.insert(User, {"email": "'a@derisk.example'"})
