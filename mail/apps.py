from django.apps import AppConfig


class MailConfig(AppConfig):
    """Every outgoing message as a row."""

    name = "mail"
    verbose_name = "Mail"
