from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Requests, people, leads, routing."""

    name = "intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        from intake import undelivered  # its models must be loaded first
        from mail import news

        news.address_unreachable.connect(undelivered.ask_about_mark, dispatch_uid="intake")
        news.message_not_arrived.connect(undelivered.ask_about_message, dispatch_uid="intake")
