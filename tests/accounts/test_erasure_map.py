"""Every column of every table is classified, and a newcomer is told what to write where."""

import pytest
from django.db import connection, models
from django.db.models import Q
from django.test.utils import isolate_apps

from accounts import erasure_map
from accounts.erasure_map import declare
from accounts.models import Erasure, User

# Tables without a model: Django's own note of which migrations ran.
WITHOUT_MODEL = {"django_migrations"}


def test_every_column_of_every_model_is_in_the_erasure_map():
    problems = erasure_map.problems()

    assert not problems, "\n\n".join(["What is missing (see docs/privacy.md):", *problems])


@pytest.mark.django_db
def test_every_table_of_the_database_is_in_the_erasure_map():
    declared = {table.model._meta.db_table for table in erasure_map.tables()}

    assert set(connection.introspection.table_names()) - declared == WITHOUT_MODEL


def test_an_unclassified_column_is_said_with_what_to_write_where(monkeypatch):
    erasure_map.tables()
    monkeypatch.setattr(erasure_map, "_TABLES", dict(erasure_map._TABLES))
    staff = "id password last_login email full_name is_staff is_active is_superuser job_title"
    declare(User, staff=staff, none="email time_zone gone")

    problems = erasure_map.problems()

    assert [" ".join(problem.split()[:3]) for problem in problems] == [
        "accounts.User.email stands twice",
        "accounts.User.joined_at is not",
        "accounts.User has no",
    ]
    where = "in declare(User, …) in accounts/personal_data.py"
    assert all(where in problem for problem in problems)


@isolate_apps("accounts")
def test_an_unknown_model_gets_its_line_to_paste():
    class Visit(models.Model):
        who = models.TextField()

        class Meta:
            app_label = "accounts"

    said = erasure_map._stub(Visit)

    assert said.startswith(
        "accounts.Visit is not in the erasure map. Write in accounts/personal_data.py"
    )
    assert 'declare(Visit, none="id who")' in said


def test_columns_about_clients_need_rows_and_rows_that_go_need_deletes(monkeypatch):
    monkeypatch.setattr(erasure_map, "_TABLES", {})
    columns = "id password last_login email full_name is_staff is_active is_superuser job_title"
    declare(User, personal=columns, staff="time_zone joined_at")

    no_rows, no_deletes = erasure_map._of_table(erasure_map._TABLES[User])

    assert (no_rows, no_deletes) == (
        (
            "accounts.User tells of clients. Say in declare(User, …) in accounts/personal_data.py with of= which rows "
            "are about a person."
        ),
        (
            "accounts.User has personal= without deletes=. Say in declare(User, …) in accounts/personal_data.py which "
            "rows go, or use erase= for each column."
        ),
    )
    declare(
        User,
        personal=columns,
        staff="time_zone joined_at",
        deletes=Q(),
        of=lambda person: User.objects.all(),
    )
    assert not list(erasure_map._of_table(erasure_map._TABLES[User]))


def test_a_trigger_that_no_erasure_passes_is_said_with_how_to_make_it(monkeypatch):
    monkeypatch.setattr(erasure_map, "_TABLES", {})
    declare(Erasure, erase={"because": ""}, of=lambda person: Erasure.objects.all())

    (said,) = [
        line for line in erasure_map._of_table(erasure_map._TABLES[Erasure]) if "trigger" in line
    ]

    assert 'accounts.erasure_door.frozen("accounts_erasure", "erasure_frozen", …)' in said
