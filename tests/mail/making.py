"""Letters, and their way to the mail server."""

from typing import Any

from pytest_django import Settings

from jobs import working
from jobs.models import Job
from mail import outbox
from mail.models import Message


def use_smtp(settings: Settings, port: int) -> None:
    """Name a mail server in the settings."""
    settings.EMAIL_BACKEND = "mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "Derisk <office@derisk.example>"


def queue_letter(**fields: Any) -> Message:
    """Queue a letter to Amina, or what `fields` say."""
    given: dict[str, Any] = {
        "key": "letter:1",
        "template": "tests/letter",
        "to_email": "amina@client.example",
        "to_name": "Amina Diallo",
        "reference": "R-1",
        "context": {"name": "Amina"},
    }
    return outbox.queue_message(outbox.Letter(**given | fields))


def run_delivery(message: Message) -> Message:
    """Let a worker do the newest delivery of this message, as if its time had come."""
    job = Job.objects.filter(kind="mail.deliver", subject_id=message.pk).latest("pk")
    Job.objects.filter(pk=job.pk, state=Job.State.PENDING).update(run_at=job.created_at)
    working.run_job(job.pk)
    message.refresh_from_db()
    return message


def job_of(message: Message) -> Job:
    """The newest delivery of this message."""
    return Job.objects.filter(kind="mail.deliver", subject_id=message.pk).latest("pk")
