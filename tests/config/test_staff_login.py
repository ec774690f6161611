"""Guessing passwords of staff: too many tries wait, in words, and no stranger locks anybody out."""

import pytest
from django.test import Client

from accounts.models import User
from briefs import freshness
from config import staff_login
from jobs.hints import BrokerAway

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_hashes", "valkey_counts")]
PASSWORD = "a long pass phrase"
WAIT = "Too many tries to log in. Wait 15 minutes, then try again; the password was not looked at."


@pytest.fixture
def valkey_counts(settings):
    """Each test counts from nothing, under a name of its own."""
    settings.THROTTLE = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    prefix = freshness.prefix()
    keys = list(freshness.store().scan_iter(f"{prefix}login:*"))
    if keys:
        freshness.store().delete(*keys)


@pytest.fixture
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def amina(quick_hashes) -> User:
    return User.objects.create_user("amina@derisk.example", PASSWORD, full_name="Amina")


def attempt(client: Client, email: str, password: str = "wrong", address: str = "192.0.2.1"):
    fields = {"username": email, "password": password}
    return client.post("/staff/login/", fields, REMOTE_ADDR=address)


def guess(email: str, times: int, network: int = 1) -> None:
    """As one machine of each of many networks would."""
    for number in range(times):
        attempt(Client(), email, address=f"198.51.{network + number}.7")


def errors(answer) -> list[str]:
    return list(answer.context["form"].non_field_errors())


def test_too_many_tries_for_one_account_wait_and_say_so(amina):
    guess(amina.email, staff_login.PER_ACCOUNT)

    answer = attempt(Client(), amina.email, PASSWORD)

    assert (answer.status_code, errors(answer)) == (200, [WAIT])
    assert attempt(Client(), "AMINA@derisk.example ", PASSWORD).status_code == 200
    unknown = "nobody@derisk.example"
    guess(unknown, staff_login.PER_ACCOUNT)
    assert errors(attempt(Client(), unknown)) == [WAIT]  # says nothing of who exists


def test_too_many_tries_of_one_network_wait_whatever_the_account(amina):
    for number in range(staff_login.PER_NETWORK):
        attempt(Client(), f"n{number}@derisk.example", address=f"203.0.113.{number}")

    assert errors(attempt(Client(), amina.email, PASSWORD, "203.0.113.250")) == [WAIT]
    assert attempt(Client(), amina.email, PASSWORD, "198.51.100.9").status_code == 302


def test_nobody_is_locked_out_of_a_browser_that_they_logged_in_with(amina):
    own = Client()
    cookie = attempt(own, amina.email, PASSWORD).cookies[staff_login.COOKIE]
    own.logout()
    own.cookies[staff_login.COOKIE] = cookie.value
    guess(amina.email, staff_login.PER_ACCOUNT + 5)

    assert attempt(own, amina.email, PASSWORD).status_code == 302
    facts = (cookie["httponly"], cookie["samesite"], cookie["path"])
    assert facts == (True, "Lax", "/staff/login/")


def test_a_known_browser_has_its_own_limit_and_is_known_for_one_account(amina):
    own = Client()
    cookie = attempt(own, amina.email, PASSWORD).cookies[staff_login.COOKIE].value
    thief = Client()
    for _ in range(staff_login.PER_BROWSER):
        thief.cookies[staff_login.COOKIE] = cookie
        attempt(thief, amina.email)

    assert errors(attempt(thief, amina.email, PASSWORD)) == [WAIT]
    guess("other@derisk.example", staff_login.PER_ACCOUNT)
    assert errors(attempt(thief, "other@derisk.example")) == [WAIT]
    thief.cookies[staff_login.COOKIE] = cookie[:-1] + ("A" if cookie[-1] != "A" else "B")
    assert attempt(thief, amina.email, PASSWORD).status_code == 302  # counted as a stranger


def test_who_gets_in_begins_anew(amina):
    for _ in range(3):
        guess(amina.email, staff_login.PER_ACCOUNT - 1)
        assert attempt(Client(), amina.email, PASSWORD).status_code == 302


def test_without_valkey_nobody_waits(amina, monkeypatch):
    def away(call):
        raise BrokerAway

    monkeypatch.setattr(freshness.breaker, "call", away)
    guess(amina.email, staff_login.PER_ACCOUNT + 1)

    assert attempt(Client(), amina.email, PASSWORD).status_code == 302


def test_load_tests_switch_it_off(amina, settings):
    settings.THROTTLE = False
    guess(amina.email, staff_login.PER_ACCOUNT + 1)

    assert attempt(Client(), amina.email, PASSWORD).status_code == 302
