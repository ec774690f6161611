import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_hashes")]
USERS = reverse("admin:accounts_user_changelist")
ADD = reverse("admin:accounts_user_add")
NEW = {
    "email": "badu@derisk.example",
    "full_name": "Badu Mensah",
    "usable_password": "true",
    "password1": "a long pass phrase",
    "password2": "a long pass phrase",
}


def log_in(client: Client, **fields: object) -> User:
    user: User = UserFactory.create(**fields)
    client.force_login(user)
    return user


def test_users_are_for_those_who_may_see_them(client: Client) -> None:
    assert client.get(USERS)["Location"] == f"/staff/login/?next={USERS}"
    log_in(client, roles=["adviser"])
    assert client.get(USERS).status_code == 403
    log_in(client, roles=["auditor"])
    assert client.get(USERS).status_code == 200
    assert client.get(ADD).status_code == 403
    log_in(client, is_superuser=True)
    assert client.get(ADD).status_code == 200


def test_a_list_of_four_asks_the_database_as_often_as_a_list_of_two(client: Client) -> None:
    log_in(client, is_superuser=True)
    counts = []
    for batch in (1, 2):
        UserFactory.create_batch(batch)
        client.get(USERS)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(USERS).content
        assert page.count(b"@derisk.example") >= User.objects.count()
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_new_user_can_log_in(client: Client) -> None:
    log_in(client, is_superuser=True)

    answer = client.post(ADD, NEW)

    user = User.objects.get(email="badu@derisk.example")
    assert answer["Location"] == reverse("admin:accounts_user_change", args=[user.pk])
    assert Client().login(username="BADU@derisk.example", password="a long pass phrase")


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"email": "AMINA@derisk.example"}, "__all__", "Another user logs in with this e-mail."),
        ({"email": "badu"}, "email", "Enter a valid email address."),
        ({"full_name": ""}, "full_name", "This field is required."),
        (
            {"password1": "short", "password2": "short"},
            "password2",
            "This password is too short. It must contain at least 12 characters.",
        ),
        (
            {"password1": "badu@derisk.example", "password2": "badu@derisk.example"},
            "password2",
            "The password is too similar to the e-mail.",
        ),
    ],
)
def test_a_refusal_names_the_field_and_keeps_what_was_typed(
    client: Client, changes: dict[str, str], field: str, message: str
) -> None:
    log_in(client, is_superuser=True, email="amina@derisk.example")

    answer = client.post(ADD, NEW | changes)

    form = answer.context["adminform"].form
    assert form.errors.get_json_data()[field][0]["message"] == message
    assert form["email"].value() == (NEW | changes)["email"]
    assert User.objects.count() == 1


def test_the_page_of_a_user_shows_no_hash(client: Client) -> None:
    user = log_in(client, is_superuser=True)
    user.set_password("a long pass phrase")
    user.save()
    client.force_login(user)

    page = client.get(reverse("admin:accounts_user_change", args=[user.pk])).content.decode()

    assert user.password.rpartition("$")[2] not in page
