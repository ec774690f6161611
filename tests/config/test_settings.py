import os
import subprocess
import sys

import pytest
from django.conf import settings

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


def test_starts_with_what_is_required() -> None:
    run = check()

    assert (run.returncode, run.stdout) == (0, "System check identified no issues (0 silenced).\n")


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_a_missing_variable_stops_the_start_with_one_line_that_names_it(name: str) -> None:
    run = check(**{name: ""})

    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1
    assert run.stderr.startswith(f"{name} is not set. Set ")
    assert run.stderr.endswith(" See .env.example.\n")


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
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line_that_names_the_variable(
    name: str, value: str, problem: str
) -> None:
    run = check(**{name: value})

    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert run.stderr.startswith(problem)
    assert value not in run.stderr  # it may be a secret with a typing error


def test_events_of_a_provider_need_something_to_check_them_by() -> None:
    run = check(MAIL_EVENTS="postmark", ANYMAIL='{"POSTMARK_SERVER_TOKEN": "x"}')

    assert run.returncode == 1
    assert run.stderr.startswith("ANYMAIL has no WEBHOOK_SECRET, by which events of postmark are")
    assert check(MAIL_EVENTS="postmark", ANYMAIL='{"WEBHOOK_SECRET": "a:b"}').returncode == 0


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
    longest_socket_wait = settings.EMAIL_TIMEOUT
    assert longest_socket_wait < settings.CELERY_TASK_SOFT_TIME_LIMIT
