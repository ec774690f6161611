"""What a brief's page needs of the rows around the brief, each as a part of the one statement that reads it."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import JSONObject
from django.utils import timezone

from briefs.models import Brief, BriefQuerySet, Correction, Edition, Judgement


def around(now: datetime | None = None) -> dict[str, ArraySubquery]:
    """What happened to a brief since its text was approved."""
    public = Brief.objects.public(now)
    return {
        "outcome_rows": ArraySubquery(_outcomes(public)),
        "correction_rows": ArraySubquery(_corrections()),
        "version_rows": ArraySubquery(_versions(now or timezone.now())),
        "earlier_rows": ArraySubquery(_earlier(public)),
        "translation_rows": ArraySubquery(_translations(public)),
        "successor_rows": ArraySubquery(_successors(public)),
    }


def judgements() -> QuerySet[Any, Any]:
    """Those of its present text, in order."""
    names = ("position", "text", "likelihood", "confidence", "horizon_on")
    own = Judgement.objects.filter(brief=OuterRef("pk"), position__isnull=False)
    return own.order_by("position").values_list(JSONObject(**{name: F(name) for name in names}))


def _outcomes(public: BriefQuerySet) -> QuerySet[Any, Any]:
    is_public = Q(evidence__in=public.values("pk"))
    evidence = JSONObject(
        slug=Case(When(is_public, then=F("evidence__slug")), default=Value("")),
        reference=Case(
            When(is_public, then=F("evidence__reference")),
            default=Value(""),
            output_field=CharField(),
        ),
    )
    told = Judgement.objects.filter(brief=OuterRef("pk")).exclude(outcome="open")
    return told.values_list(
        JSONObject(
            key=F("key"),
            outcome=F("outcome"),
            note=F("outcome_note"),
            resolved_at=F("resolved_at"),
            evidence=evidence,
        )
    )


def _earlier(public: BriefQuerySet) -> QuerySet[Any, Any]:
    seen = public.values("pk")
    changed = Judgement.objects.filter(brief=OuterRef("pk"), revises__brief__in=seen)
    return changed.values_list(
        JSONObject(
            id=F("revises"),
            slug=F("revises__brief__slug"),
            reference=F("revises__brief__reference"),
        )
    )


def _corrections() -> QuerySet[Any, Any]:
    own = Correction.objects.filter(brief=OuterRef("pk")).order_by("-made_at", "-pk")
    return own.values_list(JSONObject(kind=F("kind"), text=F("text"), made_at=F("made_at")))


def _versions(now: datetime) -> QuerySet[Any, Any]:
    own = Edition.objects.filter(brief=OuterRef("pk"), published_at__lte=now)
    rows = own.order_by("-number")
    return rows.values_list(JSONObject(number=F("number"), published_at=F("published_at")))


def _translations(public: BriefQuerySet) -> QuerySet[Any, Any]:
    others = public.translations_of(OuterRef("translation_key"))
    rows = others.exclude(pk=OuterRef("pk")).order_by("language")
    is_source = Q(pk=OuterRef("translated_from__brief"))
    return rows.values_list(
        JSONObject(
            language=F("language"),
            slug=F("slug"),
            title=F("title"),
            is_source=ExpressionWrapper(is_source, output_field=BooleanField()),
        )
    )


def _successors(public: BriefQuerySet) -> QuerySet[Any, Any]:
    rows = public.filter(supersedes=OuterRef("pk"))
    return rows.values_list(JSONObject(slug=F("slug"), title=F("title")))
