from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Drafting, sending and accepting proposals."""

    name = "proposals"
    verbose_name = "Proposals"

    def ready(self) -> None:
        """Say what a merge of leads does with proposals: they stay where they are; what a wall hides of them; and what
        becomes of them when a client withdraws.
        """
        from accounts import hiding
        from intake import news, relations
        from proposals import walled, withdrawing

        relations.declare("proposals.proposal.lead", relations.Fate.STAYS)
        hiding.hides(walled.hidden_proposals)
        news.request_withdrawn.connect(withdrawing.ask_to_close, dispatch_uid="proposals")
