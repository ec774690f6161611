"""A session that ends while a form is open takes nothing that was typed."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from intake.models import Activity
from tests.factories import UserFactory, lead_of

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"
NOTE = "They rang twice. “Wait” & <call> back — صباحًا"


@pytest.fixture
def adviser(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = lead_of().owner.user
    user.set_password(PASSWORD)
    user.save()
    return user


def note_of(adviser) -> str:
    return f"/staff/intake/lead/{adviser.adviser.leads.get().pk}/verbs/note/"


def hidden(response) -> dict[str, str]:
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    return {name: unescape(value) for name, value in fields}


def log_in(client, asked, adviser, password: str = PASSWORD):
    address = unescape(re.search(r'<form action="([^"]+)"', asked.content.decode())[1])
    return client.post(address, hidden(asked) | {"username": adviser.email, "password": password})


def test_a_note_is_sent_after_a_login_in_between(adviser):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/staff/login/")  # as who was logged in once, it has the cookie against forgery
    token = browser.cookies["csrf"].value
    sent = {"text": NOTE, "csrfmiddlewaretoken": token}

    asked = browser.post(note_of(adviser), sent)
    wrong = log_in(browser, asked, adviser, "wrong")
    again = log_in(browser, wrong, adviser)
    done = browser.post(note_of(adviser), hidden(again))

    assert (asked.status_code, wrong.status_code, again.status_code) == (401, 200, 200)
    assert "what you typed comes along" in asked.content.decode()
    assert Activity.objects.filter(kind="note").count() == 1
    assert Activity.objects.get(kind="note").text == NOTE
    assert done.status_code == 302


def test_a_note_comes_back_when_somebody_logged_in_in_another_tab(adviser):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/staff/login/")
    before = browser.cookies["csrf"].value
    browser.force_login(adviser)
    browser.cookies["csrf"] = "b" * 32  # as a login changes it
    sent = {"text": NOTE, "csrfmiddlewaretoken": before}

    foreign = browser.post(note_of(adviser), sent, headers={"origin": "https://evil.example"})
    nobody = Client(enforce_csrf_checks=True).post(
        note_of(adviser), sent, headers={"origin": "http://testserver"}
    )
    back = browser.post(note_of(adviser), sent, headers={"origin": "http://testserver"})
    done = browser.post(
        note_of(adviser),
        hidden(back) | {"csrfmiddlewaretoken": browser.cookies["csrf"].value},
        headers={"origin": "http://testserver"},
    )

    assert (foreign.status_code, nobody.status_code, back.status_code) == (403, 403, 403)
    for page in (foreign, nobody):
        assert "You may not do this" in page.content.decode()
        assert NOTE not in unescape(page.content.decode())
    assert f"You logged in as {adviser} since this page was opened." in back.content.decode()
    assert (done.status_code, Activity.objects.get(kind="note").text) == (302, NOTE)


def test_files_are_named_and_passwords_stay_behind(adviser):
    file = SimpleUploadedFile("list.xml", b"<a/>")
    asked = Client().post(
        "/staff/password_change/",
        {"csrfmiddlewaretoken": "t", "new_password1": "secret", "x": "y", "f": file},
    )

    again = log_in(Client(), asked, adviser)

    html = again.content.decode()
    assert "Add them again: list.xml." in html
    assert "secret" not in html
    assert hidden(again)["x"] == "y"


def test_what_somebody_else_signed_or_nobody_did_is_not_carried(adviser):
    fields = {"username": adviser.email, "password": PASSWORD, "kept": "e30:forged"}

    answer = Client().post("/staff/login/?next=/staff/", fields)

    assert (answer.status_code, answer["Location"]) == (302, "/staff/")


def test_who_is_logged_in_and_who_only_looks_meet_none_of_it(adviser):
    looking = Client().get(note_of(adviser))
    stranger = Client()
    stranger.force_login(UserFactory(roles=["adviser"]))

    assert (looking.status_code, looking["Location"][:13]) == (302, "/staff/login/")
    assert stranger.post(note_of(adviser), {"text": NOTE}).status_code == 404
    assert not Activity.objects.filter(kind="note").exists()
