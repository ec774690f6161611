from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Drafting, sending and accepting proposals."""

    name = "proposals"
    verbose_name = "Proposals"

    def ready(self) -> None:
        """Say what a merge of leads does with proposals: they stay where they are; and what a wall hides of them."""
        from accounts import hiding
        from intake import relations
        from proposals import walled

        relations.declare("proposals.proposal.lead", relations.Fate.STAYS)
        hiding.hides(walled.hidden_proposals)
