"""Merging on the staff screens: what may be the same, the choice of the other one, the preview, and the way back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from accounts.staff_screens import Verb, VerbAdmin, VerbForm
from intake import addresses, mergeable, merging, names, relations, resembling
from intake.admin import telling_apart
from intake.models import Lead, Likeness, Merge, Organisation, RecordKind

_MOST_FOUND = 20
_MOST_LOOKED_AT = 200


@dataclass(frozen=True)
class Suggested:
    """One likeness as a page shows it, from the side of a record on that page."""

    likeness: Likeness
    other: Any
    words: list[str]
    page: str
    merge_page: str
    apart_page: str


def page_of(record: Any) -> str:
    """The address of a record's page."""
    return reverse(f"admin:intake_{record._meta.model_name}_change", args=[record.pk])


def merge_page_of(source: Any, target: Any) -> str:
    """The address of the preview of a merge."""
    name = f"admin:intake_{source._meta.model_name}_merge_into"
    return reverse(name, args=[source.pk, target.pk])


def suggested(user: User, records: Iterable[Any]) -> list[Suggested]:
    """What these records may be the same as, strongest first; a likeness shows itself only to who sees both sides."""
    own = {mergeable.kind_of(record): record for record in records if record is not None}
    about = Q()
    for kind, record in own.items():
        about |= Q(kind=kind) & (Q(older_pk=record.pk) | Q(newer_pk=record.pk))
    if not own:
        return []
    is_open = Likeness.objects.filter(about, state=Likeness.State.OPEN)
    found = list(is_open.order_by("-score", "pk")[: 4 * resembling.MOST])
    others = {kind: _others(user, kind, found, own[kind].pk) for kind in own}
    return [
        _suggested(one, own[RecordKind(one.kind)], other)
        for one in found
        if (other := others[RecordKind(one.kind)].get(_other_pk(one, own[RecordKind(one.kind)].pk)))
    ]


def _other_pk(one: Likeness, own_pk: int) -> int:
    return one.newer_pk if one.older_pk == own_pk else one.older_pk


def _others(user: User, kind: str, found: list[Likeness], own_pk: int) -> dict[int, Any]:
    pks = [_other_pk(one, own_pk) for one in found if one.kind == kind]
    rows = mergeable.SPECS[kind].model.objects.visible_to(user)
    return rows.filter(merged_into=None).in_bulk(pks) if pks else {}


def _suggested(one: Likeness, own: Any, other: Any) -> Suggested:
    older, newer = sorted((own, other), key=lambda record: record.pk)
    # A closed lead goes into an open one, else the newer goes into the older.
    turn = isinstance(own, Lead) and older.closed_at and not newer.closed_at
    source, target = (older, newer) if turn else (newer, older)
    kind = own._meta.model_name
    return Suggested(
        likeness=one,
        other=other,
        words=resembling.in_words(one),
        page=page_of(other),
        merge_page=merge_page_of(source, target),
        apart_page=reverse(f"admin:intake_{kind}_apart", args=[own.pk, one.pk]),
    )


def merging_context(user: User, record: Any) -> dict[str, Any]:
    """For the page of a record: whether this user may merge it, and what was merged with it."""
    kind = mergeable.kind_of(record)
    return {
        "may_merge": mergeable.may_merge(user, kind),
        "merge_address": reverse(f"admin:intake_{kind}_merge", args=[record.pk]),
    }


def merged_here(record: Any) -> list[Merge]:
    """Merges into the record that still stand, newest first, each with its `source`."""
    kind = mergeable.kind_of(record)
    rows = Merge.objects.filter(kind=kind, target_pk=record.pk, undone_at=None)
    merges = list(rows.select_related("by").order_by("-pk"))
    sources = mergeable.SPECS[kind].model.objects.in_bulk([each.source_pk for each in merges])
    for each in merges:
        each.source = sources[each.source_pk]  # type: ignore[attr-defined]
        each.source_page = page_of(each.source)  # type: ignore[attr-defined]
    return merges


class UndoForm(VerbForm):
    """Asks whether to go on."""

    @property
    def intro(self) -> list[str]:
        return [
            f"It was merged into {self.obj.merged_into}. Both become what they were before.",
            "What came to the other one since stays there, as do values that somebody changed since.",
        ]


def _undo(record: Any, by: User) -> None:
    merge = Merge.objects.filter(
        kind=mergeable.kind_of(record), source_pk=record.pk, undone_at=None
    ).first()
    if merge is None:
        raise ValidationError("This is not merged (any more).", code="conflict")
    merging.undo_merge(merge=merge, by=by)


def undo_verb(kind: str) -> Verb:
    """The button that undoes a merge, on the page of what was merged away."""
    return Verb(
        "undo-merge",
        "Undo the merge",
        _undo,
        lambda record: record.merged_into_id is not None,
        mergeable.SPECS[kind].permission,
        "The two are apart again.",
        UndoForm,
    )


class MergingAdmin(VerbAdmin):
    """A record's pages for merging; what may not be seen may not be merged, nor heard of."""

    def get_urls(self) -> list[URLPattern]:
        """The usual addresses and those for merging."""
        info = f"intake_{self.opts.model_name}"
        pages = (
            ("<int:pk>/merge/", self.choose, "merge"),
            ("<int:pk>/merge/<int:target_pk>/", self.merge, "merge_into"),
            ("<int:pk>/likenesses/<int:likeness_pk>/apart/", self.apart, "apart"),
        )
        own = [
            path(address, self.admin_site.admin_view(view), name=f"{info}_{name}")
            for address, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def choose(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Find the other one: by what was typed, else the likely ones."""
        record = self._mergeable(request, pk)
        assert isinstance(request.user, User)
        asked = request.GET.get("q", "").replace("\x00", "").strip()[:200]
        rows = mergeable.mergeable_by(request.user, mergeable.kind_of(record)).filter(
            merged_into=None
        )
        found = rows.exclude(pk=pk).filter(_asked_for(record, asked))
        context = self._merge_context(request, f"Merge {record} with another", record) | {
            "asked": asked,
            "found": [
                {
                    "record": one,
                    "said": telling_apart.summary(one),
                    "page": merge_page_of(record, one),
                }
                for one in telling_apart.with_words(found)[:_MOST_FOUND]
            ],
            "suggested": [] if asked else suggested(request.user, [record]),
        }
        return TemplateResponse(request, "intake/admin/merge_choose.html", context)

    def merge(self, request: HttpRequest, pk: int, target_pk: int) -> HttpResponse:
        """The preview, with a choice for each value that differs; posted, the merge."""
        source, target = self._mergeable(request, pk), self._mergeable(request, target_pk)
        if request.method != "POST":
            return self._preview(request, source, target)
        assert isinstance(request.user, User)
        choices = {
            name[5:]: str(side) for name, side in request.POST.items() if name[:5] == "keep_"
        }
        try:
            merging.merge_records(
                kind=mergeable.kind_of(source),
                source_pk=pk,
                target_pk=target_pk,
                choices=choices,
                by=request.user,
            )
        except ValidationError as error:
            return self._preview(request, source, target, error.messages, choices)
        self.message_user(
            request, f"{telling_apart.called(source)} is merged into this one.", messages.SUCCESS
        )
        return HttpResponseRedirect(page_of(target))

    def apart(self, request: HttpRequest, pk: int, likeness_pk: int) -> HttpResponse:
        """Say that two records are not the same."""
        record = self._mergeable(request, pk)
        kind = mergeable.kind_of(record)
        found = Likeness.objects.of(kind, pk).filter(pk=likeness_pk).first()
        if found is None:
            raise Http404
        self._mergeable(request, _other_pk(found, pk))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        assert isinstance(request.user, User)
        try:
            resembling.tell_apart(likeness=found, by=request.user)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, "Noted: they are not the same.", messages.SUCCESS)
        return HttpResponseRedirect(f"{_came_from(request) or page_of(record)}#who")

    def _mergeable(self, request: HttpRequest, pk: int) -> Any:
        assert isinstance(request.user, User)
        spec = mergeable.SPECS[str(self.opts.model_name)]
        rows = spec.model.objects.visible_to(request.user)
        record = telling_apart.with_words(rows.filter(pk=pk)).first()
        if record is None:
            raise Http404
        if not mergeable.may_merge(request.user, str(self.opts.model_name)):
            raise PermissionDenied
        return record

    def _preview(
        self,
        request: HttpRequest,
        source: Any,
        target: Any,
        errors: Iterable[str] = (),
        choices: dict[str, str] | None = None,
    ) -> HttpResponse:
        errors, related = list(errors), []
        try:
            related = [
                (each, each.rows(source).count()) for each in relations.classified(type(source))
            ]
        except ValidationError as error:
            errors = errors or error.messages
        assert isinstance(request.user, User)
        title = f"Merge {telling_apart.called(source)} into {telling_apart.called(target)}"
        context = self._merge_context(request, title, source) | {
            "source": telling_apart.called(source),
            "target": telling_apart.called(target),
            "lines": telling_apart.side_by_side(request.user, source, target),
            "is_lead": isinstance(source, Lead),
            "values": [_choice(value, source, target, choices or {}) for value in _values(source)],
            "moves": [(r, n) for r, n in related if r.fate is relations.Fate.MOVES],
            "stays": [(r, n) for r, n in related if n and r.fate is relations.Fate.STAYS],
            "errors": errors,
            "swap_page": merge_page_of(target, source),
        }
        status = 400 if request.method == "POST" else 200
        return TemplateResponse(request, "intake/admin/merge.html", context, status=status)

    def _merge_context(self, request: HttpRequest, title: str, record: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": record,
            "record": record,
            "back_url": page_of(record),
        }


def _came_from(request: HttpRequest) -> str:
    """A page of ours that the button stood on, named by its address alone; "" for anything else."""
    page = request.POST.get("page", "")
    is_ours = page.startswith(reverse("admin:index")) and "//" not in page and "\\" not in page
    return page if is_ours else ""


def _values(record: Any) -> tuple[mergeable.Value, ...]:
    return mergeable.SPECS[mergeable.kind_of(record)].values


def _choice(
    value: mergeable.Value, source: Any, target: Any, choices: dict[str, str]
) -> dict[str, Any]:
    """A row of the preview: what each says, whose stays unless somebody chooses, and whether there is a choice."""
    return {
        "value": value,
        "source": telling_apart.value_in_words(value.name, value.columns[0], source),
        "target": telling_apart.value_in_words(value.name, value.columns[0], target),
        "differs": value.of(source) != value.of(target),
        "chosen": choices.get(value.name) or mergeable.default_choice(value, source, target),
    }


def _any_of(*ways: Q) -> Q:
    """Leads that are found in one of these ways, the newest; each by an index: joined by OR they would read all."""
    rows = Lead.objects.order_by("-pk").values_list("pk", flat=True)
    return Q(pk__in={pk for way in ways for pk in rows.filter(way)[:_MOST_LOOKED_AT]})


def _asked_for(record: Any, asked: str) -> Q:
    """What the search finds; without words, for a lead those of the same people, for others nothing."""
    nothing = Q(pk__in=[])
    if isinstance(record, Lead):
        if asked:
            of_person = Q(contact__email_key=addresses.email_key(asked))
            return _any_of(Q(reference=asked.upper()), of_person)
        own = {name: getattr(record, f"{name}_id") for name in ("contact", "organisation")}
        return _any_of(*(Q(**{name: pk}) for name, pk in own.items() if pk))
    is_organisation = isinstance(record, Organisation)
    plain = names.plain_key(asked) if is_organisation else names.person_key(asked)
    near = Q(latin_key__trigram_word_similar=names.latin_key(plain)) if plain else nothing
    return near if is_organisation else near | Q(email_key=addresses.email_key(asked))
