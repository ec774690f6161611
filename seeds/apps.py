from django.apps import AppConfig


class SeedsConfig(AppConfig):
    """The demo world, loaded through the verbs."""

    name = "seeds"
    verbose_name = "Seeds"
