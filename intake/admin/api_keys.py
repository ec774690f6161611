"""Keys of other websites: issued here, shown once, revoked."""

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from accounts.models import User
from accounts.numbers import counted
from accounts.staff_screens import Verb, VerbAdmin, VerbForm
from briefs.models import Brief
from intake import keys
from intake.admin import key_showing
from intake.catalogue import Service
from intake.models import ApiKey

_MOST_ORIGINS = 20


class OriginsField(forms.CharField):
    """Addresses of websites, one on each line, as browsers name them."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (super().to_python(value) or "").split()
        return list(dict.fromkeys(_origin(line) for line in lines))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > _MOST_ORIGINS:
            raise forms.ValidationError(f"At most {_MOST_ORIGINS} websites for one key.")

    def run_validators(self, value: Any) -> None:
        """None: each line was looked at already."""


def _origin(line: str) -> str:
    """The origin that an address belongs to. Raises ValidationError."""
    try:
        parts = urlsplit(line)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        host, port = "", None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and not settings.HTTPS)
    rest = parts.path.strip("/") + parts.query + parts.fragment
    is_host = host and host.replace(".", "").replace("-", "").isalnum()
    if not is_safe or not is_host or rest or "@" in parts.netloc or len(line) > 200:
        raise forms.ValidationError(
            "“%(line)s” is no address of a website like https://www.example.org, without a path.",
            params={"line": line[:200]},
        )
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


class ApiKeyForm(forms.ModelForm):
    """What staff decide of a key."""

    origins = OriginsField(
        label="Websites",
        required=False,
        help_text="One on each line, like https://www.example.org. Their pages may frame the form and call from a "
        "browser. Empty: the key works from a server only.",
    )
    services = forms.MultipleChoiceField(
        choices=Service.choices, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = ApiKey
        fields = ("name", "origins", "per_minute", "language", "services", "brief", "expires_on")


class RevokeForm(VerbForm):
    """Whether to shut a website's door for good."""

    @property
    def intro(self) -> Sequence[str]:
        """Who is shut out, how much came through, and that no button brings the key back."""
        sent = self.obj.enquiries.count()
        came = f"{counted(sent, 'request')} came through this key of {self.obj.name}; they stay."
        return (
            came if sent else f"No request came through this key of {self.obj.name}.",
            "Whoever uses it is refused at once; our form in pages of that website leads to our own website instead.",
            "A revoked key never works again: the website would need another.",
        )


def _revoke(key: ApiKey, by: User) -> None:
    keys.revoke_key(key=key, by=by)


@admin.register(ApiKey)
class ApiKeyAdmin(VerbAdmin):
    """Which other websites may send us enquiries, and how much."""

    empty_words = "No other website sends us requests. With a key one can."
    form = ApiKeyForm
    verbs = (
        Verb(
            "revoke", "Revoke", _revoke, lambda key: not key.revoked_at, "intake.revoke_apikey",
            "Revoked: whoever uses it is refused from now on.", RevokeForm,
        ),
    )  # fmt: skip
    list_display = ("name", "shown", "state", "sent", "last_used_at", "created_by")
    list_select_related = ("created_by",)
    search_fields = ("name", "public_id")
    ordering = ("name", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return super().get_queryset(request).annotate(sent_count=Count("enquiries"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What a key has become; nothing of that while it is made."""
        made = ("shown", "state", "sent", "last_used_at", "created_by", "created_at")
        return (*made, "revoked_at", "revoked_by") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without `get_fieldsets`: what it is comes before what was decided."""
        return (*self.get_readonly_fields(request, obj), *ApiKeyForm.Meta.fields)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer what readers see: another brief would not count."""
        if db_field.name == "brief":
            options["queryset"] = Brief.objects.public().order_by("title", "pk")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.revoked_at is None
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """A new key is issued by the verb, which alone knows its full text."""
        if change:
            super().save_model(request, obj, form, change)
            return
        assert isinstance(request.user, User)
        seed = uuid.uuid4()
        keys.issue_key(key=obj, by=request.user, seed=seed)
        key_showing.keep(request, obj, seed)

    def response_add(self, request: HttpRequest, obj: ApiKey, *args: Any, **kwargs: Any) -> Any:
        """On to the page that shows the key, which may be reloaded."""
        return HttpResponseRedirect(reverse("admin:intake_apikey_new", args=[obj.pk]))

    def get_urls(self) -> list[URLPattern]:
        """One page more: a new key, once."""
        view = self.admin_site.admin_view(self.new_view)
        return [path("<int:pk>/new/", view, name="intake_apikey_new"), *super().get_urls()]

    def new_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The one page that shows the key, the first time. It is in no message or log."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        key = self.get_object(request, str(pk))
        if key is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": f"The key of {key.name}",
            "opts": self.opts,
            "key": key,
            "text": key_showing.take(request, key) if request.method == "GET" else "",
            "site": settings.SITE_URL,
            "frame_title": _frame_title(key),
        }
        response: HttpResponse = TemplateResponse(request, "intake/admin/api_key.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @admin.display(description="Key")
    def shown(self, key: ApiKey) -> str:
        """What is known of the key after it was shown."""
        return f"{key.prefix}_…"

    @admin.display(description="State")
    def state(self, key: ApiKey) -> str:
        """Whether it works."""
        return keys.why_closed(key) or "works"

    @admin.display(description="Requests", ordering="sent_count")
    def sent(self, key: Any) -> int:
        """How many came through it."""
        return int(key.sent_count)


def _frame_title(key: ApiKey) -> str:
    """What people who cannot see are told that the frame holds, in the language of the website."""
    with translation.override(key.language or settings.LANGUAGE_CODE):
        return gettext("Ask for help")
