from django.apps import AppConfig


class BriefsConfig(AppConfig):
    """Writing and publishing briefs."""

    name = "briefs"
    verbose_name = "Briefs"
