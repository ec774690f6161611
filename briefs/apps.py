from django.apps import AppConfig


class BriefsConfig(AppConfig):
    """Writing and publishing briefs."""

    name = "briefs"
    verbose_name = "Briefs"

    def ready(self) -> None:
        from briefs import confirming  # its models must be loaded first
        from mail import news

        news.address_unreachable.connect(confirming.ask_to_suppress, dispatch_uid="briefs")
