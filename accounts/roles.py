"""The roles of design: each a group with the permissions that its work needs, and no more."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

_READ_WORK = (
    "intake.view_lead",
    "intake.view_enquiry",
    "intake.view_contact",
    "intake.view_organisation",
    "intake.view_routingdecision",
    "intake.view_assignment",
    "intake.view_activity",
    "proposals.view_proposal",
    "proposals.view_proposalversion",
)
_READ_BRIEFS = (
    "briefs.view_brief",
    "briefs.view_actor",
    "briefs.view_place",
    "briefs.view_incident",
    "briefs.view_judgement",
    "briefs.view_source",
    "briefs.view_citation",
    "briefs.view_revision",
    "briefs.view_edition",
    "briefs.view_correction",
    "briefs.view_move",
    "briefs.view_reviewcomment",
    "briefs.view_reviewlink",
)
_WRITE_BRIEFS = (
    *_READ_BRIEFS,
    *(
        f"briefs.{verb}_{model}"
        for verb in ("add", "change")
        for model in ("brief", "actor", "place", "incident", "judgement", "source", "citation")
    ),
    "briefs.delete_judgement",
    "briefs.delete_citation",
    "briefs.add_reviewcomment",
)
_REVIEW_BRIEFS = (
    "briefs.approve_brief",
    "briefs.resolve_judgement",
    "briefs.add_reviewlink",
    "briefs.change_reviewlink",
)
# Readers' addresses: for whoever publishes to them and whoever answers for the house's mail.
_READ_SUBSCRIBERS = ("briefs.view_subscriber", "briefs.view_subscription")
_KEEP_SUBSCRIBERS = (*_READ_SUBSCRIBERS, "briefs.suppress_subscriber")
# What public lists say, for whoever reads that a client may be on one.
_READ_SANCTIONS = ("intake.view_sanctionslist", "intake.view_sanctionsentry")
_WORK_LEADS = (
    *_READ_SANCTIONS,
    *_READ_BRIEFS,
    *_READ_WORK,
    "intake.change_lead",
    "intake.view_adviser",
    "intake.view_absence",
    "intake.view_skill",
    "intake.edit_own_absences",
    "intake.view_engagement",
    "intake.view_party",
    "intake.view_deadlinepolicy",
    "proposals.add_proposal",
    "proposals.change_proposal",
    "proposals.change_proposalversion",
)
# Who answers people about their own data; what was erased, whoever checks the house reads too.
_READ_PRIVACY = (
    "accounts.view_erasure",
    "intake.view_erasurerequest",
    "intake.view_erasureorder",
    "intake.view_datacopy",
    "intake.view_datacopydownload",
    "intake.view_retentionrule",
    "intake.view_retentionrun",
)
_KEEP_PRIVACY = (
    *_READ_PRIVACY,
    "accounts.erase_person",
    "accounts.export_person",
    "intake.change_retentionrule",
)
_LEAD_DESK = (
    *_WORK_LEADS,
    *_KEEP_SUBSCRIBERS,
    *_KEEP_PRIVACY,
    "intake.view_all_leads",
    "intake.view_quarantine",
    "intake.decide_quarantine",
    "intake.view_hold",
    "intake.view_all_engagements",
    *(f"intake.{verb}_engagement" for verb in ("add", "change")),
    *(f"intake.{verb}_party" for verb in ("add", "change", "delete")),
    "intake.view_wall",
    "intake.add_wall",
    "intake.lift_wall",
    "intake.decide_conflict",
    "intake.decide_sanctions",
    "intake.view_sanctionsfile",
    "intake.change_sanctionslist",
    "intake.load_sanctionslist",
    "intake.reassign_lead",
    "intake.merge_organisation",
    "intake.merge_contact",
    "intake.merge_lead",
    "intake.add_adviser",
    "intake.change_adviser",
    "intake.add_absence",
    "intake.change_absence",
    "intake.delete_absence",
    *(f"intake.{verb}_skill" for verb in ("add", "change", "delete")),
    *(
        f"intake.{verb}_{model}"
        for verb in ("view", "add", "change", "delete")
        for model in ("routingrule", "requiredskill")
    ),
    "intake.view_desk",
    "intake.view_creditentry",
    "intake.add_desk",
    "intake.view_apikey",
    "intake.add_apikey",
    "intake.change_apikey",
    "intake.revoke_apikey",
    "intake.change_desk",
    "intake.change_deadlinepolicy",
    "intake.view_alert",
    "mail.view_message",
    "mail.resend_message",
    "mail.open_private_link",
    "mail.view_templatetext",
    "mail.change_templatetext",
    "jobs.view_job",
    "jobs.retry_job",
    "jobs.view_heartbeat",
)

ROLES: dict[str, tuple[str, ...]] = {
    "analyst": _WRITE_BRIEFS,
    "editor": (*_WRITE_BRIEFS, *_REVIEW_BRIEFS),
    "publisher": (*_WRITE_BRIEFS, *_REVIEW_BRIEFS, "briefs.publish_brief", *_KEEP_SUBSCRIBERS),
    "adviser": _WORK_LEADS,
    "desk lead": _LEAD_DESK,
    "approver": (*_READ_BRIEFS, *_READ_WORK, "intake.view_all_leads"),
    "auditor": (
        *_READ_BRIEFS,
        *_READ_WORK,
        *_READ_SUBSCRIBERS,
        *_READ_PRIVACY,
        "intake.view_all_leads",
        "intake.view_quarantine",
        "intake.view_hold",
        "intake.view_engagement",
        "intake.view_all_engagements",
        "intake.view_party",
        "intake.view_wall",
        "intake.view_adviser",
        "intake.view_absence",
        "intake.view_skill",
        "intake.view_desk",
        "intake.view_creditentry",
        "intake.view_routingrule",
        "intake.view_requiredskill",
        "intake.view_deadlinepolicy",
        "intake.view_alert",
        *_READ_SANCTIONS,
        "intake.view_sanctionsfile",
        "intake.view_apikey",
        "mail.view_message",
        "mail.view_templatetext",
        "jobs.view_job",
        "jobs.view_heartbeat",
        "accounts.view_user",
        "auth.view_group",
    ),
}


@transaction.atomic
def sync_roles() -> dict[str, int]:
    """Make each role's group hold exactly its permissions; return how many each holds.

    Raises LookupError when a role names a permission that no model declares.
    """
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in _permissions()}
    return {name: _sync(name, codes, known) for name, codes in ROLES.items()}


def _permissions() -> list[Permission]:
    return list(Permission.objects.select_related("content_type"))


def _sync(name: str, codes: tuple[str, ...], known: dict[str, Permission]) -> int:
    missing = sorted(set(codes) - known.keys())
    if missing:
        raise LookupError(
            f"Role {name!r} names permissions that do not exist: {', '.join(missing)}"
        )
    group, _ = Group.objects.get_or_create(name=name)
    group.permissions.set([known[code] for code in codes])
    return len(codes)
