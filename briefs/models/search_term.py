"""The names that public briefs hold, to offer in place of a misspelt one."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class SearchTerm(models.Model):
    """A name as the house writes it, and the key under which misspellings find it."""

    name = models.CharField(max_length=200, unique=True)
    key = models.CharField(max_length=200)

    class Meta:
        indexes = [GinIndex(fields=["key"], name="search_term_near", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.name
