"""The demo world, loaded through the verbs: the second user of each of them. Safe to run twice."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import roles
from accounts.models import User
from intake import policies
from intake.models import Absence, Adviser, Desk, RequiredSkill, RoutingRule, Skill
from intake.skills import SkillKind
from jobs import hints
from jobs.models import Job
from proposals.models import ProposalTemplate, TemplateLine, TemplateSection
from seeds import briefs_loading, reading, register_loading, requests_loading, sanctions_loading

FOLDER = Path(__file__).parent


def load(*, password: str) -> dict[str, int]:
    """Make staff (all with this password), advisers, desks, templates, briefs and requests that are not there yet.

    Returns how many of each the files hold. Existing users keep their passwords.
    """
    with hints.withheld():
        held = _load(make_password(password))
    # What the past has left to do is due from now on: nobody has waited for it.
    Job.objects.due().update(run_at=Now())
    return held


def _load(password: str) -> dict[str, int]:
    staff = _read("staff.yaml")
    users = _house(staff, password)
    lead = users["lead@derisk.example"]
    policies.current()
    templates = _read("proposal_templates.yaml")
    for row in templates:
        _template(row)
    briefs = briefs_loading.load_briefs(
        author=users["analyst@derisk.example"], approver=users["editor@derisk.example"]
    )
    sanctions_loading.load_example()
    for row in staff["keys"]:
        requests_loading.load_key(row, lead)
    register_loading.load_engagements(staff["engagements"], users, lead)
    requests = _read("requests.yaml")
    for number, row in enumerate(requests, start=1):
        requests_loading.load_request(row, f"seed:{number}", lead)
    return {
        "staff": len(users),
        "templates": len(templates),
        "briefs": briefs.loaded + briefs.kept,
        "requests": len(requests),
    }


def _house(staff: Mapping[str, Any], password: str) -> dict[str, User]:
    """Who works here, and how requests find them: the users by their addresses."""
    roles.sync_roles()
    users = {row["email"]: _user(row, password) for row in staff["users"]}
    for part, load_one in (
        ("advisers", _adviser),
        ("desks", _desk),
        ("rules", _rule),
        ("absences", _absence),
    ):
        for row in staff[part]:
            load_one(row, users)
    return users


def _read(name: str) -> Any:
    return reading.read((FOLDER / name).read_text(encoding="utf-8"))


@transaction.atomic
def _user(row: Mapping[str, Any], password: str) -> User:
    """Their password comes hashed: that takes a tenth of a second, and all have the same."""
    user = User.objects.filter(email__iexact=row["email"]).first()
    if user is None:
        fields = {name: row[name] for name in ("full_name", "job_title")}
        is_superuser = row.get("is_superuser", False)
        user = User.objects.create_user(row["email"], is_superuser=is_superuser, **fields)
        User.objects.filter(pk=user.pk).update(password=password)
        user.groups.set(Group.objects.filter(name__in=row["roles"]))
    return user


@transaction.atomic
def _adviser(row: Mapping[str, Any], users: Mapping[str, User]) -> Adviser:
    names = ("capacity", "time_zone", "holidays_country", "hours")
    fields = {name: row[name] for name in names if name in row}
    adviser, is_new = Adviser.objects.get_or_create(
        user=users[row["email"]], defaults={**fields, "weight": Decimal(row["weight"])}
    )
    if is_new:
        Skill.objects.bulk_create(
            Skill(adviser=adviser, kind=kind, value=value, level=level)
            for kind in SkillKind.values
            for value, level in row.get(kind, {}).items()
        )
    return adviser


@transaction.atomic
def _desk(row: Mapping[str, Any], users: Mapping[str, User]) -> Desk:
    owner = users[row["fallback"]].adviser
    defaults = {"fallback_owner": owner, "is_default": row["is_default"]}
    desk, is_new = Desk.objects.get_or_create(name=row["name"], defaults=defaults)
    if is_new:
        desk.members.set(users[email].adviser for email in row.get("members", ()))
    return desk


@transaction.atomic
def _rule(row: Mapping[str, Any], users: Mapping[str, User]) -> None:
    names = ("position", "conditions", "note", "country_level", "service_level")
    fields = {name: row[name] for name in names if name in row}
    rule, is_new = RoutingRule.objects.get_or_create(
        name=row["name"],
        defaults=fields
        | {
            "is_live": row.get("is_live", True),
            "desk": Desk.objects.get(name=row["desk"]),
            "adviser": users[row["adviser"]].adviser if "adviser" in row else None,
        },
    )
    if is_new:
        for skill, level in row.get("required", {}).items():
            kind, _, value = skill.partition(":")
            RequiredSkill.objects.create(rule=rule, kind=kind, value=value, level=level)


def _absence(row: Mapping[str, Any], users: Mapping[str, User]) -> None:
    adviser, today = users[row["email"]].adviser, timezone.localdate()
    if adviser.absences.exists():
        return
    delegate = users[row["delegate"]].adviser if "delegate" in row else None
    hours = {name: row[name] for name in ("from_hour", "to_hour") if name in row}
    Absence.objects.create(
        adviser=adviser,
        starts_on=today + timedelta(days=row["first"]),
        ends_on=today + timedelta(days=row["last"]),
        delegate=delegate,
        policy=row["policy"],
        note=row["note"],
        **hours,
    )


@transaction.atomic
def _template(row: Mapping[str, Any]) -> None:
    fields = {name: row[name] for name in ("language", "title", "terms")}
    template, is_new = ProposalTemplate.objects.get_or_create(
        name=row["name"], defaults={**fields, "is_default": True}
    )
    if not is_new:
        return
    for position, part in enumerate(row["sections"], start=1):
        TemplateSection.objects.create(template=template, position=position, **part)
    for position, line in enumerate(row["lines"], start=1):
        TemplateLine.objects.create(template=template, position=position, **line)
