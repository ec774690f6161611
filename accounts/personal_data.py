"""The erasure map of the staff's accounts and of the tables that Django brings."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from accounts.erasure_map import ERASED, Person, declare
from accounts.models import Erasure, User


def _log_of(person: Person) -> QuerySet[LogEntry]:
    """What the staff screens noted of rows about the person: the name stands in it as it was then."""
    wanted = Q(pk__in=[])
    for label, ids in person.rows.items():
        kind = ContentType.objects.get_by_natural_key(*label.split("."))
        wanted |= Q(content_type=kind, object_id__in=[str(pk) for pk in ids])
    return LogEntry.objects.filter(wanted)


declare(
    LogEntry,
    of=_log_of,
    erase={"object_repr": ERASED, "change_message": ""},
    staff="user",
    none="id action_time content_type object_id action_flag",
    withheld={"change_message": "Names what staff changed, sections and lines by their words."},
    is_last=True,
)
declare(
    User,
    staff="id password last_login email full_name job_title time_zone is_staff is_active is_superuser joined_at",
)
declare(User.groups.through, staff="id user group")
declare(User.user_permissions.through, staff="id user permission")
# The proof that stays: references and digests under our key, no name and no address.
declare(
    Erasure,
    staff="by asked_by",
    none="id uuid scope references address_digests because alone_because rows kept kept_until opened_xact made_at",
)
# Of staff alone, who log in; gone eight hours after the last use.
declare(Session, staff="session_key session_data expire_date")
declare(Group, none="id name")
declare(Group.permissions.through, none="id group permission")
declare(Permission, none="id name content_type codename")
declare(ContentType, none="id app_label model")
