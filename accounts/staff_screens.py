"""What the staff screens share: pages to read, and buttons that call verbs.

State never changes by editing a field. A verb is a button on the page of its object: it posts, the verb decides,
and a refusal comes back as a message. A verb that needs words (a reason, a note) has a page of its own with a form,
which keeps what was typed when the verb refuses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.long_lists import LongListAdmin
from accounts.models import User
from accounts.staff_fields import StaffFields, refuse_hidden
from accounts.staff_links import OpenLinks


class VerbForm(forms.Form):
    """The words that a verb needs, from somebody about something; without fields it asks whether to go on.

    `from_address` names the fields that a link may fill beforehand; `beside` a template with what to look at first.
    """

    from_address: Sequence[str] = ()
    beside = ""

    def __init__(self, *args: Any, obj: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj = obj
        self.by = by
        for field in self.fields.values():
            refuse_hidden(field)

    @property
    def intro(self) -> Sequence[str]:
        """What to know before it is done, a paragraph each."""
        return ()


@dataclass(frozen=True)
class Verb:
    """A button. `call` gets the object, the user and the checked data of the form; it may return where to go next.

    One that is not listed stands somewhere else on the page, beside what it acts on.
    """

    name: str
    label: str
    call: Callable[..., Any]
    is_offered: Callable[[Any], bool]
    permission: str
    done: str
    form_class: type[forms.Form] | None = None
    is_main: bool = False
    is_listed: bool = True

    @property
    def asks(self) -> bool:
        """Whether it has a page of its own; for templates, which would call the class."""
        return self.form_class is not None


def _form_of(verb: Verb, request: HttpRequest, obj: Any) -> forms.Form:
    assert verb.form_class is not None
    assert isinstance(request.user, User)
    data = request.POST if request.method == "POST" else None
    files = request.FILES if request.method == "POST" else None
    if issubclass(verb.form_class, VerbForm):
        given = {name: request.GET.get(name) for name in verb.form_class.from_address}
        initial = {name: value for name, value in given.items() if value is not None}
        return verb.form_class(data, files, obj=obj, by=request.user, initial=initial)
    return verb.form_class(data, files)


class ReadOnlyAdmin(OpenLinks, LongListAdmin):
    """Rows that only verbs change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class VerbAdmin(StaffFields, LongListAdmin):
    """A page with buttons. Subclasses name their `verbs`; objects come from `get_queryset`, so what may not be seen
    may not be acted on."""

    verbs: Sequence[Verb] = ()
    change_form_outer_before_template = "accounts/admin/verbs.html"

    def get_urls(self) -> list[URLPattern]:
        """The admin's own addresses and one for verbs."""
        info = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view(self.verb_view)
        return [
            path("<path:object_id>/verbs/<slug:name>/", view, name=f"{info}_verb"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add the buttons that this user may press on this object now."""
        obj = kwargs.get("obj")
        if obj is not None:
            context["verb_buttons"] = [
                {"verb": verb, "url": self._verb_url(obj, verb)}
                for verb in self.offered(request, obj)
                if verb.is_listed
            ]
            context.update(self.page_context(request, obj))
        return super().render_change_form(request, context, *args, **kwargs)

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What the object's page shows beyond its fields."""
        return {}

    def verb_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Show the form of a verb, or call the verb and say what came of it."""
        obj = self.get_object(request, object_id)
        verb = next((verb for verb in self.verbs if verb.name == name), None)
        if obj is None or verb is None:
            raise Http404
        if not request.user.has_perm(verb.permission) or not self.has_view_permission(request, obj):
            raise PermissionDenied
        if request.method == "POST" and verb.form_class is None:
            return self._press(request, obj, verb)
        # What was typed is for the verb to refuse: it says why, and the words stay.
        if request.method != "POST" and not verb.is_offered(obj):
            self.message_user(request, f"“{verb.label}” is not possible now.", messages.ERROR)
            return self._back(obj)
        if verb.form_class is None:
            return self._back(obj)
        form = _form_of(verb, request, obj)
        if not form.is_bound or not form.is_valid():
            return self._form_page(request, obj, verb, form)
        return self._press(request, obj, verb, form)

    def offered(self, request: HttpRequest, obj: Any) -> list[Verb]:
        """The verbs that this user may use on the object now; asked for once a page, since it costs statements."""
        known = request.__dict__.setdefault("offered_verbs", {})
        key = (obj._meta.label, obj.pk)
        if key not in known:
            known[key] = self._offered(request, obj)
        found: list[Verb] = known[key]
        return found

    def _offered(self, request: HttpRequest, obj: Any) -> list[Verb]:
        return [v for v in self.verbs if request.user.has_perm(v.permission) and v.is_offered(obj)]

    def _press(
        self, request: HttpRequest, obj: Any, verb: Verb, form: forms.Form | None = None
    ) -> HttpResponse:
        assert isinstance(request.user, User)
        try:
            next_page = verb.call(obj, request.user, **(form.cleaned_data if form else {}))
        except ValidationError as error:
            if form is not None:
                form.add_error(None, error.messages)
                return self._form_page(request, obj, verb, form)
            for text in error.messages:
                self.message_user(request, text, messages.ERROR)
            return self._back(obj)
        self.message_user(request, verb.done, messages.SUCCESS)
        return HttpResponseRedirect(next_page) if isinstance(next_page, str) else self._back(obj)

    def _form_page(
        self, request: HttpRequest, obj: Any, verb: Verb, form: forms.Form
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"{verb.label.rstrip('…')}: {obj}",
            "opts": self.opts,
            "original": obj,
            "verb": verb,
            "form": form,
            "back_url": self._object_url(obj),
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "accounts/admin/verb_form.html", context, status=status)

    def _back(self, obj: Any) -> HttpResponse:
        return HttpResponseRedirect(self._object_url(obj))

    def _object_url(self, obj: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def _verb_url(self, obj: Any, verb: Verb) -> str:
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_verb", args=[obj.pk, verb.name]
        )
