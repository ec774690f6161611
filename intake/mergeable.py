"""What can be merged, by whom, and what there is to choose."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models

from accounts.models import User
from intake.models import Contact, Lead, Organisation, RecordKind

SOURCE, TARGET, BOTH = "source", "target", "both"


@dataclass(frozen=True)
class Value:
    """Something that both records say, so that somebody must choose. Columns that belong together go together."""

    name: str
    label: str
    columns: tuple[str, ...]
    can_be_both: bool = False

    def of(self, record: models.Model) -> tuple[Any, ...]:
        """What a record says."""
        return tuple(getattr(record, column) for column in self.columns)


@dataclass(frozen=True)
class Spec:
    """What can be merged, by whom, and what there is to choose."""

    model: type[Any]
    permission: str
    values: tuple[Value, ...] = field(default=())


SPECS: dict[str, Spec] = {
    RecordKind.ORGANISATION: Spec(
        Organisation, "intake.merge_organisation", (Value("name", "Name", ("name",)),)
    ),
    RecordKind.CONTACT: Spec(
        Contact,
        "intake.merge_contact",
        (
            Value("full_name", "Name", ("full_name",)),
            Value("email", "E-mail", ("email",)),
            Value("phone", "Phone", ("phone",)),
            Value("job_title", "Job title", ("job_title",)),
            Value("organisation", "Organisation", ("organisation_id",)),
        ),
    ),
    RecordKind.LEAD: Spec(
        Lead,
        "intake.merge_lead",
        (
            Value("language", "Language", ("language",)),
            Value("countries", "Countries", ("countries",), can_be_both=True),
            Value("services", "Services", ("services",), can_be_both=True),
            Value("priority", "Priority", ("priority", "priority_reason")),
        ),
    ),
}


def kind_of(record: models.Model) -> RecordKind:
    """Which kind of record it is."""
    return RecordKind(str(record._meta.model_name))


def may_merge(user: User, kind: str) -> bool:
    """Whether the user merges such records at all; people only who sees all leads, since those move along."""
    sees_enough = kind == RecordKind.LEAD or user.has_perm("intake.view_all_leads")
    return sees_enough and user.has_perm(SPECS[kind].permission)


def mergeable_by(user: User, kind: str) -> models.QuerySet[Any]:
    """The records of a kind that the user may merge."""
    rows = SPECS[kind].model.objects
    return rows.visible_to(user) if may_merge(user, kind) else rows.none()


def default_choice(value: Value, source: models.Model, target: models.Model) -> str:
    """Whose value stays unless somebody says otherwise: the target's, the source's where the target has none."""
    own, other = value.of(target), value.of(source)
    if value.name == "priority":
        return SOURCE if other[0] == "urgent" and own[0] != "urgent" else TARGET
    if value.can_be_both and any(own) and any(other) and own != other:
        return BOTH
    return SOURCE if any(other) and not any(own) else TARGET
