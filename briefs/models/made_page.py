"""Pages of briefs as they were made last."""

from django.db import models

from briefs.models.brief import Brief


class MadePage(models.Model):
    """The page of a brief, made once for all processes. It holds nothing of its own: it may go at any time.

    The table is not logged: PostgreSQL empties it after a crash, and it costs no transaction a wait for the disk.
    """

    brief = models.OneToOneField(
        Brief,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="made_page",
        db_constraint=False,  # which would lock and log the brief's row
    )
    digest = models.CharField(max_length=64)
    # The last day on which it reads so; a page changes when the horizon of its judgements has gone by.
    until = models.DateField(null=True)
    version = models.PositiveIntegerField()
    # Of the briefs that stood next to it: where others do now, these are laid in.
    related = models.CharField(max_length=64)
    # Of freshness, under which these were found: while it is in force nobody looks for them again.
    token = models.CharField(max_length=32, default="")
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"Page of {self.brief}"
