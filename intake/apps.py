from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Requests, people, leads, routing."""

    name = "intake"
    verbose_name = "Intake"
