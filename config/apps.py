from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    """The frame: templates, static files, start-up of the logs, and every app's kinds of job and mail templates."""

    name = "config"
    verbose_name = "Derisk"

    def ready(self) -> None:
        from config import encoding, half_way, logs  # noqa: F401 - settings must be loaded first; two are checks

        logs.configure()
        autodiscover_modules("tasks", "mail_templates")
