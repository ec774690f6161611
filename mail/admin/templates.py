"""Mail templates in the staff screens: what each says in each language, reworded with a preview, and taken back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin
from mail import catalogue, rewording, sampling
from mail.catalogue import MailTemplate
from mail.models import TemplateText

LANGUAGES = {"en": "English", "fr": "French", "pt": "Portuguese", "ar": "Arabic"}


class WordsForm(forms.Form):
    """What a template says. The verb checks it, and says what would do."""

    subject = forms.CharField(label="Subject", required=False, strip=False)
    body = forms.CharField(
        label="Text", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 16})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


@admin.register(TemplateText)
class TemplateTextAdmin(ReadOnlyAdmin):
    """Every template in every language; the model holds what staff wrote."""

    def get_urls(self) -> list[URLPattern]:
        """One page for each template and language, and the list of them."""
        page = self.admin_site.admin_view(self.words_view)
        listed = self.admin_site.admin_view(self.changelist_view)
        return [
            path("<slug:slug>/<slug:language>/", page, name="mail_templatetext_words"),
            path("", listed, name="mail_templatetext_changelist"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Which template says what it came with, and which was reworded."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        written = {
            (row.template, row.language): row
            for row in TemplateText.objects.select_related("by")
            .order_by("template", "language", "-number")
            .distinct("template", "language")
        }
        rows = [
            (template, [_line(template, code, written) for code in template.languages])
            for template in catalogue.all_templates()
        ]
        context = {**self.admin_site.each_context(request), "title": "Mail templates", "rows": rows}
        return TemplateResponse(request, "mail/admin/templates.html", context)

    def words_view(self, request: HttpRequest, slug: str, language: str) -> HttpResponse:
        """Read, preview, reword and take back what one template says in one language."""
        template = catalogue.by_slug(slug)
        if template is None or language not in template.languages:
            raise Http404
        may_change = self.has_reword_permission(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            return self._answer(request, template, language)
        number = request.GET.get("version", "")
        subject, body = _words_of(template, language, number)
        seen = rewording.number_of(template, language)
        form = WordsForm(initial={"subject": subject, "body": body, "seen": seen})
        return self._page(request, template, language, form, (subject, body))

    def has_reword_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mail.change_templatetext")

    def _answer(self, request: HttpRequest, template: MailTemplate, language: str) -> HttpResponse:
        assert isinstance(request.user, User)
        form = WordsForm(request.POST.dict())
        if not form.is_valid():
            return self._page(request, template, language, form, None)
        subject, body, seen = (form.cleaned_data[name] for name in ("subject", "body", "seen"))
        which: dict[str, Any] = {"template": template, "language": language, "seen": seen}
        try:
            if "preview" in request.POST:
                rewording.check(template, subject, body)
                return self._page(request, template, language, form, (subject, body))
            if "test" in request.POST:
                return self._send_to_me(request, template, language, form)
            if "reset" in request.POST:
                rewording.reset(**which, by=request.user)
                said = "It says again what it came with."
            else:
                rewording.reword(**which, subject=subject, body=body, by=request.user)
                said = "Saved. Mails that are queued from now on say this."
        except ValidationError as error:
            form.add_error(None, error)
            # Whoever saves once more after reading theirs means it.
            form.data = {**form.data, "seen": str(rewording.number_of(template, language))}
            return self._page(request, template, language, form, None)
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(request.path)

    def _send_to_me(
        self, request: HttpRequest, template: MailTemplate, language: str, form: WordsForm
    ) -> HttpResponse:
        """Show again what is being written, which is not saved by it."""
        assert isinstance(request.user, User)
        words = {name: form.cleaned_data[name] for name in ("subject", "body")}
        message = sampling.send(template=template, language=language, **words, by=request.user)
        said = f"It goes to {message.to_email} with made-up values. Nothing is saved by that."
        self.message_user(request, said, messages.SUCCESS)
        return self._page(request, template, language, form, (words["subject"], words["body"]))

    def _page(
        self,
        request: HttpRequest,
        template: MailTemplate,
        language: str,
        form: WordsForm,
        shown: tuple[str, str] | None,
    ) -> HttpResponse:
        written = list(TemplateText.objects.of(template.name, language).select_related("by")[:50])
        newest = written[0] if written and not written[0].is_reset else None
        is_new_built_in = newest and newest.built_in_digest != rewording.digest_of(
            template, language
        )
        context = {
            **self.admin_site.each_context(request),
            "title": f"{template.title} ({LANGUAGES[language]})",
            "template": template,
            "language": language,
            "languages": [(code, LANGUAGES[code]) for code in template.languages],
            "form": form,
            "may_change": self.has_reword_permission(request),
            "written": written,
            "newest": newest,
            "is_passed_over": newest and rewording.current(template, language)[2] is None,
            "built_in": template.built_in(language) if newest else None,
            "is_new_built_in": is_new_built_in,
            "previews": [sampling.compose(template, language, *shown)] if shown else [],
        }
        status = 400 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "mail/admin/words.html", context, status=status)


def _line(
    template: MailTemplate, language: str, written: dict[tuple[str, str], TemplateText]
) -> tuple[str, str, TemplateText | None]:
    """The language's name, the address of its page, and the version of staff that counts."""
    row = written.get((template.name, language))
    address = reverse("admin:mail_templatetext_words", args=[template.slug, language])
    return LANGUAGES[language], address, None if row is None or row.is_reset else row


def _words_of(template: MailTemplate, language: str, number: str) -> tuple[str, str]:
    """The words of an earlier version, else those that count."""
    if number.isascii() and number.isdecimal() and len(number) < 9:
        row = TemplateText.objects.of(template.name, language).filter(number=int(number)).first()
        if row is not None and not row.is_reset:
            return row.subject, row.body
    return rewording.current(template, language)[:2]
