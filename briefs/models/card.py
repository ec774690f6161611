"""The picture of a brief that other sites show with its link."""

import pgtrigger
from django.db import models

from briefs.models.revision import Revision


class CardImage(models.Model):
    """The picture made of one text: a PNG of 1200 by 630 pixels. Made once, never changed."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="card")
    png = models.BinaryField()
    digest = models.CharField(max_length=64)
    made_with = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"Card of {self.revision}"
