import os
import runpy
import subprocess
import sys

import pytest
from django.conf import settings

from jobs import in_turn
from mail import smtp

# Enough to start with; the tests take one away or spoil it.
COMPLETE = {
    "SECRET_KEY": "only-for-tests-" + "x" * 50,
    "SITE_URL": "https://www.derisk.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
}


def check(**changes: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check` with these variables; an empty one counts as missing, also where a .env file has it."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env=os.environ | COMPLETE | changes,
        capture_output=True,
        text=True,
    )


def read(**changes: str) -> str:
    """What the settings say when they are read with these variables: nothing, or why they stop the start."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (COMPLETE | changes).items():
            patch.setenv(name, value)
        try:
            runpy.run_path(str(settings.BASE_DIR / "config" / "settings.py"))
        except SystemExit as stopped:
            return str(stopped)
    return ""


def test_starts_with_what_is_required() -> None:
    run = check()

    assert (run.returncode, run.stdout) == (0, "System check identified no issues (0 silenced).\n")


def test_what_stops_the_start_is_one_line_and_no_traceback() -> None:
    run = check(SECRET_KEY="")

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == f"{read(SECRET_KEY='')}\n"


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_a_missing_variable_stops_the_start_with_one_line_that_names_it(name: str) -> None:
    said = read(**{name: ""})

    assert said.count("\n") == 0
    assert said.startswith(f"{name} is not set. Set ")
    assert said.endswith(" See .env.example.")


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("SECRET_KEY", "x" * 49, "SECRET_KEY is shorter than 50 characters."),
        ("DATABASE_URL", "sqlite:///derisk.db", "DATABASE_URL begins with none of postgres, "),
        ("EMAIL_URL", "mail.derisk.example:25", "EMAIL_URL begins with none of smtp, "),
        ("EMAIL_URL", "anymail://carrierpigeon", "EMAIL_URL names none of the providers brevo, "),
        ("ANYMAIL", "{MAILGUN", "ANYMAIL is no JSON object."),
        ("ANYMAIL", "[1, 2]", "ANYMAIL is no JSON object."),
        ("MAIL_EVENTS", "carrierpigeon", "MAIL_EVENTS names a provider that is not known;"),
        ("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES is no whole number from 0 to 99999."),
        ("SPAM_LINE", "-5", "SPAM_LINE is no whole number from 0 to 99999."),
        ("JOB_LEASE_SECONDS", "0", "JOB_LEASE_SECONDS is no whole number from 1 to 99999."),
        ("QUARANTINE_DAYS", "9" * 9, "QUARANTINE_DAYS is no whole number from 0 to 99999."),
        ("LOG_LEVEL", "verbose", "LOG_LEVEL is none of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
        ("HOUSE_TIME_ZONE", "Mars/Phobos", "HOUSE_TIME_ZONE is no IANA zone."),
        ("HOUSE_TIME_ZONE", "../etc", "HOUSE_TIME_ZONE is no IANA zone."),
        ("HOUSE_HOURS", "morning", "HOUSE_HOURS holds no hours."),
        ("HOUSE_HOURS", "25:00-26:00", "HOUSE_HOURS holds no hours."),
        ("HOUSE_HOURS", " , ", "HOUSE_HOURS holds no hours."),
        ("HOUSE_COUNTRY", "Mali", "HOUSE_COUNTRY is no code of a country"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line_that_names_the_variable(
    name: str, value: str, problem: str
) -> None:
    said = read(**{name: value})

    assert said.count("\n") == 0
    assert said.startswith(problem)
    assert value not in said  # it may be a secret with a typing error


def test_an_empty_optional_variable_is_the_default() -> None:
    assert read(TRUSTED_PROXIES="", HOUSE_HOURS="", HOUSE_TIME_ZONE="", LOG_LEVEL="") == ""
    assert read(LOG_LEVEL="debug") == ""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (COMPLETE | {"ALLOWED_HOSTS": "", "DIGEST_HOUR": ""}).items():
            patch.setenv(name, value)
        told = runpy.run_path(str(settings.BASE_DIR / "config" / "settings.py"))
    assert (told["ALLOWED_HOSTS"], told["DIGEST_HOUR"]) == (["www.derisk.example"], 6)


def test_events_of_a_provider_need_something_to_check_them_by() -> None:
    said = read(MAIL_EVENTS="postmark", ANYMAIL='{"POSTMARK_SERVER_TOKEN": "x"}')

    assert said.startswith("ANYMAIL has no WEBHOOK_SECRET, by which events of postmark are")
    assert read(MAIL_EVENTS="postmark", ANYMAIL='{"WEBHOOK_SECRET": "a:b"}') == ""


def test_celery_takes_nothing_but_json_keeps_no_results_and_never_blocks_a_web_process() -> None:
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.CELERY_RESULT_BACKEND is None
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["max_retries"] == 0
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] == 1


def test_a_job_that_hangs_is_killed_before_its_lease_ends() -> None:
    assert (
        settings.CELERY_TASK_SOFT_TIME_LIMIT
        < settings.CELERY_TASK_TIME_LIMIT
        < settings.JOB_LEASE_SECONDS
    )
    longest_mail = in_turn._NO_MORE_AFTER + smtp.LONGEST_SIGN_OF_LIFE + smtp._LONGEST
    assert settings.EMAIL_TIMEOUT < smtp._LONGEST < longest_mail
    assert longest_mail < settings.CELERY_TASK_SOFT_TIME_LIMIT
