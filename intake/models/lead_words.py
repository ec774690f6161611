"""By what staff find a lead: made from what the client sent, for the search alone."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from intake.models.lead import Lead


class LeadWords(models.Model):
    """Names, addresses and words of one lead, as `briefs.search_keys` writes them. A table of its own, which a job
    fills: its indexes cost a visitor who sends a request nothing."""

    lead = models.OneToOneField(
        Lead, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    who = models.TextField(help_text="Reference, names, addresses, organisation.")
    words = SearchVectorField(help_text="The same, and what the client wrote.")

    class Meta:
        verbose_name_plural = "words of leads"
        indexes = [
            GinIndex(OpClass("who", "gin_trgm_ops"), name="lead_words_who"),
            GinIndex(fields=["words"], name="lead_words"),
        ]

    def __str__(self) -> str:
        return f"Words of {self.lead_id}"
