"""What a person agreed to, and what may be done about their data, on the pages of contacts and of leads."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from accounts.staff_screens import VerbAdmin
from intake import consenting, identifying
from intake.admin.erasure_forms import (
    address_of,
)
from intake.admin.privacy_verbs import LEAD_VERBS


class ConsentsAdmin(VerbAdmin):
    """A page with what a person agreed to; goes before the admin of contacts and of leads."""

    def get_urls(self) -> list[URLPattern]:
        """What they agreed to, besides the usual."""
        name = f"intake_{self.opts.model_name}_consents"
        view = self.admin_site.admin_view(self.consents)
        return [path("<int:pk>/consents/", view, name=name), *super().get_urls()]

    def privacy_links(self, request: HttpRequest, obj: Any) -> list[tuple[str, str]]:
        """What this user may do about the data of the person behind it: labels and addresses."""
        found = [("What they agreed to", reverse(self._consents_name(), args=[obj.pk]))]
        offered = self.offered(request, obj)
        return found + [(v.label, self._verb_url(obj, v)) for v in offered if v in LEAD_VERBS]

    def _consents_name(self) -> str:
        return f"admin:intake_{self.opts.model_name}_consents"

    def consents(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To what the person behind it agreed, for what purpose, when, and until when."""
        thing = self.get_queryset(request).filter(pk=pk).first()
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        assert isinstance(request.user, User)
        address = address_of(thing)
        person = identifying.person_of_address(address)
        context = {
            **self.admin_site.each_context(request),
            "title": f"What {thing} agreed to",
            "opts": self.opts,
            "consents": consenting.consents_of(person, request.user),
            "back_url": self._object_url(thing),
        }
        return TemplateResponse(request, "intake/admin/consents.html", context)
