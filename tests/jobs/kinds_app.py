from importlib import import_module

from django.apps import AppConfig


class KindsForTests(AppConfig):
    """Registers the kinds of job of the tests, where `settings_for_tests` ask for it."""

    name = "tests.jobs"
    label = "kinds_for_tests"

    def ready(self) -> None:
        """Import them, as the apps' own are."""
        import_module("tests.jobs.kinds_for_tests")
