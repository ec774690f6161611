"""What points to an organisation, a contact or a lead, and what a merge does with it: the one list.

A merge refuses while any relation of the model is not on it, so that no row is ever left behind unseen. Apps above
intake declare theirs when they are ready. Numbers that are no keys (jobs, likenesses, merges) are no relations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ForeignObjectRel


class Fate(Enum):
    """What happens to the rows that point to the record that is merged away."""

    MOVES = "moves"
    STAYS = "stays"


@dataclass(frozen=True)
class Related:
    """One relation to a model, with what becomes of its rows."""

    name: str
    label: str
    model: type[models.Model]
    field: str
    fate: Fate

    def rows(self, record: models.Model) -> models.QuerySet[Any]:
        """The rows that point to the record."""
        return self.model._default_manager.filter(**{self.field: record.pk})


_FATES: dict[str, Fate] = {
    "intake.contact.organisation": Fate.MOVES,
    "intake.lead.organisation": Fate.MOVES,
    "intake.lead.contact": Fate.MOVES,
    # What was merged into the source stays there, and is found through it.
    "intake.organisation.merged_into": Fate.STAYS,
    "intake.contact.merged_into": Fate.STAYS,
    "intake.lead.merged_into": Fate.STAYS,
    "intake.party.organisation": Fate.STAYS,
    "intake.wall.organisation": Fate.STAYS,
    # Of a lead nothing moves: most of it is frozen, and the target's page shows it.
    "intake.activity.lead": Fate.STAYS,
    "intake.addition.lead": Fate.STAYS,
    "intake.assignment.lead": Fate.STAYS,
    "intake.contactcorrection.lead": Fate.STAYS,
    "intake.deadline.lead": Fate.STAYS,
    "intake.erasureorder.lead": Fate.STAYS,
    # Not what another person's merge may widen: it stays with whom it was asked for.
    "intake.erasureorder.contact": Fate.STAYS,
    "intake.erasurerequest.lead": Fate.STAYS,
    "intake.conflictcheck.lead": Fate.STAYS,
    "intake.engagement.lead": Fate.STAYS,
    "intake.hold.lead": Fate.STAYS,
    # A wall before one of those that were merged stands before all of them.
    "intake.wall.lead": Fate.STAYS,
    "intake.leadwords.lead": Fate.STAYS,
    "intake.needsuggestion.lead": Fate.STAYS,
    "intake.proofofwork.lead": Fate.STAYS,
    "intake.quarantine.lead": Fate.STAYS,
    "intake.routingdecision.lead": Fate.STAYS,
    "intake.sanctionsscreening.lead": Fate.STAYS,
    "intake.screening.lead": Fate.STAYS,
    "intake.standin.lead": Fate.STAYS,
}


def declare(name: str, fate: Fate) -> None:
    """Say what a merge does with a relation, named "app.model.field". For apps above, when they are ready."""
    _FATES[name] = fate


def unclassified(model: type[models.Model]) -> list[str]:
    """Relations to the model that nobody has declared."""
    return sorted(name for name, _ in _relations(model) if name not in _FATES)


def classified(model: type[models.Model]) -> list[Related]:
    """All relations to the model; raises ValidationError(code="unclassified") when one is not declared."""
    unknown = unclassified(model)
    if unknown:
        raise ValidationError(
            f"A merge does not know what to do with {', '.join(unknown)}. Nothing was changed; tell the developers.",
            code="unclassified",
        )
    return [
        Related(
            name=name,
            label=str(relation.related_model._meta.verbose_name_plural),
            model=relation.related_model,
            field=relation.field.name,
            fate=_FATES[name],
        )
        for name, relation in _relations(model)
    ]


def _relations(model: type[models.Model]) -> Iterator[tuple[str, ForeignObjectRel]]:
    for field in model._meta.get_fields(include_hidden=True):
        if isinstance(field, ForeignObjectRel):
            yield f"{field.related_model._meta.label_lower}.{field.field.name}", field
