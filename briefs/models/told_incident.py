"""Incidents as readers are told them: rows that the database takes out of each live text."""

from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef

from accounts.erasure_door import never_truncated
from briefs.models.brief import Brief
from briefs.models.revision import Revision


class ToldIncidentQuerySet(models.QuerySet["ToldIncident"]):
    """Every read of what readers are told about incidents."""

    def public(self) -> Self:
        """Each incident that a public brief tells, once: as the newest text of a public brief tells it."""
        open_to_all = Brief.objects.public().values("pk")
        newer = ToldIncident.objects.filter(
            brief__in=open_to_all, number=OuterRef("number"), revision__gt=OuterRef("revision")
        )
        return self.filter(~Exists(newer), brief__in=open_to_all)

    def newest(self) -> Self:
        """The last that happened first, without ties."""
        return self.order_by("-occurred_on", "-number")


class ToldIncident(models.Model):
    """An incident as the live revision of one brief tells it, whatever became of the incident's own row since.

    A trigger on briefs writes these rows whenever a brief's live revision changes; nobody else can.
    """

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="told_incidents")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="told_incidents")
    # The incident's key; no foreign key, for what was told stays when staff delete the row.
    number = models.BigIntegerField()
    occurred_on = models.DateField()
    event_type = models.CharField(max_length=30)
    sub_type = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2)
    latitude = models.FloatField()
    longitude = models.FloatField()
    actors = ArrayField(models.TextField())
    # The whole of it, as the snapshot has it.
    said = models.JSONField()

    objects = ToldIncidentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-occurred_on", "-number"], name="told_incident_newest"),
            models.Index(
                fields=["country", "-occurred_on", "-number"], name="told_incident_newest_there"
            ),
            models.Index(fields=["number", "-revision"], name="told_incident_newest_text"),
            models.Index(fields=["latitude", "longitude"], name="told_incident_where"),
            GinIndex(fields=["actors"], name="told_incident_actors"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="told_incident_once_a_brief"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="taken_from_live_texts",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("(pg_trigger_depth() = 0)"),
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.occurred_on} · {self.number}"
