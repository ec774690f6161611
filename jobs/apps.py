from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The rows that say what must still be done, and who does it."""

    name = "jobs"
    verbose_name = "Jobs"
