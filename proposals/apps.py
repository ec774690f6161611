from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Drafting, sending and accepting proposals."""

    name = "proposals"
    verbose_name = "Proposals"

    def ready(self) -> None:
        """Say what a merge of leads does with proposals: they stay where they are."""
        from intake import relations

        relations.declare("proposals.proposal.lead", relations.Fate.STAYS)
