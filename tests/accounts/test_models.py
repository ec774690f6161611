import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError

from accounts.models import User

pytestmark = pytest.mark.django_db
quick_hashes = pytest.mark.usefixtures("quick_hashes")


def make_user(email: str = "Amina@Derisk.example") -> User:
    return User.objects.create_user(email, "a long pass phrase", full_name="Amina Diallo")


def test_a_new_user_is_staff_with_a_hashed_password_and_no_rights() -> None:
    user = User.objects.get(pk=make_user().pk)

    assert user.password.startswith("argon2")
    assert user.check_password("a long pass phrase")
    assert (user.is_staff, user.is_active, user.is_superuser) == (True, True, False)
    assert user.get_all_permissions() == set()


def test_a_user_without_a_password_matches_none() -> None:
    user = User.objects.create_user("amina@derisk.example", full_name="Amina")

    assert not user.has_usable_password()
    assert not user.check_password("")


def test_createsuperuser_makes_one_who_may_do_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long pass phrase")

    call_command(
        "createsuperuser", interactive=False, email="a@derisk.example", full_name="A", verbosity=0
    )

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (True, True)
    assert user.check_password("a long pass phrase")


@quick_hashes
@pytest.mark.parametrize("email", ["", "amina", "amina@derisk.example, other@derisk.example"])
def test_anything_but_one_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        make_user(email)

    assert not User.objects.exists()


@quick_hashes
def test_a_user_is_found_by_the_e_mail_in_any_case() -> None:
    user = make_user("Amina@Derisk.example")

    for email in ("amina@derisk.example", "AMINA@DERISK.EXAMPLE", user.email):
        assert User.objects.get_by_natural_key(email) == user
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key("amin%@derisk.example")


@quick_hashes
def test_an_e_mail_is_unique_in_any_case_also_for_what_bypasses_the_forms() -> None:
    make_user("amina@derisk.example")

    with pytest.raises(ValidationError, match="Another user logs in with this e-mail"):
        make_user("AMINA@derisk.example")
    with pytest.raises(IntegrityError, match="user_email_any_case"):
        User.objects.bulk_create([User(email="AMINA@derisk.example", full_name="Other")])


@quick_hashes
def test_a_user_goes_by_name_and_without_one_by_e_mail() -> None:
    user = make_user("amina@derisk.example")
    assert (str(user), user.get_short_name()) == ("Amina Diallo", "Amina")

    user.full_name = ""
    assert (str(user), user.get_short_name()) == ("amina@derisk.example", "amina@derisk.example")
