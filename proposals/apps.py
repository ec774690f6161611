from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Drafting, sending and accepting proposals."""

    name = "proposals"
    verbose_name = "Proposals"
