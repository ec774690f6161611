"""What somebody did lately on the staff screens, but for what they must not read of any more."""

from django import template
from django.contrib.admin.models import LogEntry

from accounts import hiding
from accounts.models import User

register = template.Library()
_MOST = 10


@register.simple_tag
def recent_actions(user: User) -> list[LogEntry]:
    """Their last actions."""
    walled = hiding.hidden_from(user)
    hidden = walled.named_in("object_repr", "change_message", with_names=True)
    mine = LogEntry.objects.filter(user=user).exclude(hidden).select_related("content_type")
    return list(mine.order_by("-action_time", "-pk")[:_MOST])
