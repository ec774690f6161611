import pytest
from django.test import Client

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_hashes")]
LOGIN = "/staff/login/"
PASSWORD = "a long pass phrase"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("Amina@derisk.example", PASSWORD, full_name="Amina Diallo")


def log_in(client: Client, email: str, password: str = PASSWORD) -> int:
    answer = client.post(f"{LOGIN}?next=/staff/", {"username": email, "password": password})
    if answer.status_code == 302:
        assert answer["Location"] == "/staff/"
    return answer.status_code


@pytest.mark.parametrize(
    "email", ["Amina@derisk.example", "amina@derisk.example", "AMINA@DERISK.EXAMPLE"]
)
def test_staff_log_in_by_e_mail_in_any_case(client: Client, user: User, email: str) -> None:
    assert log_in(client, email) == 302

    page = client.get("/staff/")
    assert page.status_code == 200
    assert page.context["user"] == user


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("amina@derisk.example", "A long pass phrase"),
        ("amina@derisk.example", ""),
        ("other@derisk.example", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("amina@derisk.example\x00", PASSWORD),
    ],
)
def test_a_wrong_e_mail_or_password_is_refused(
    client: Client, user: User, email: str, password: str
) -> None:
    assert log_in(client, email, password) == 200

    assert client.get("/staff/").status_code == 302


def test_the_answer_to_a_wrong_password_is_that_to_an_unknown_person(
    client: Client, user: User
) -> None:
    def errors(email: str) -> list[str]:
        answer = client.post(LOGIN, {"username": email, "password": "wrong"})
        return list(answer.context["form"].non_field_errors())

    assert errors(user.email) == errors("nobody@derisk.example")


def test_who_has_left_cannot_log_in_and_is_out_at_once(client: Client, user: User) -> None:
    assert log_in(client, user.email) == 302

    User.objects.update(is_active=False)

    assert client.get("/staff/").status_code == 302
    assert log_in(Client(), user.email) == 200


def test_who_is_not_staff_cannot_log_in(client: Client, user: User) -> None:
    User.objects.update(is_staff=False)

    assert log_in(client, user.email) == 200


def test_the_login_page_itself_leads_to_the_staff_pages(client: Client, user: User) -> None:
    answer = client.post(LOGIN, {"username": user.email, "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/staff/")
