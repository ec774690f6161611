"""Where one is on the staff screens, in the words of the side bar: the list, the object, the page below it."""

from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse

from config.staff_navigation import name_of

register = template.Library()


@register.inclusion_tag("unfold/helpers/header_title.html", takes_context=True)
def staff_trail(context: RequestContext) -> dict[str, Any]:
    """The steps to this page. Unfold's own starts with the app and leaves out the page that a verb has for itself."""
    opts, title = context.get("opts"), str(context.get("title") or "")
    thing = context.get("original") or context.get("object")
    if opts is None:
        return {"parts": [{"title": title}]}
    parts = [{"title": name_of(opts), "link": _address(opts, "changelist")}]
    if thing and not isinstance(thing, str):
        parts.append({"title": str(thing), "link": _address(thing._meta, "change", thing.pk)})
    if not ("cl" in context or ("adminform" in context and thing)):
        parts.append({"title": title.removesuffix(f": {thing}")})
    return {"parts": parts}


@register.filter
def list_name(opts: Any) -> str:
    """What the side bar calls a list."""
    return name_of(opts)


def _address(opts: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)
