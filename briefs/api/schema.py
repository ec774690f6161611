"""The shapes of the reading API's answers, for its OpenAPI document. Nothing is serialised by them."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from briefs.likelihood import SCALE, Confidence, Likelihood
from briefs.models import (
    ActorKind,
    BriefKind,
    CorrectionKind,
    EventType,
    Outcome,
    PlaceKind,
    PlacePrecision,
    Precision,
)

KEY = OpenApiParameter(
    "key",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,120}$"},
    OpenApiParameter.PATH,
    description="A reference such as DR-2026-0001, a uid or a slug.",
)


def _choice(values: list[str]) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=values)


class PlaceSerializer(serializers.Serializer):
    """A place, in degrees."""

    name = serializers.CharField()
    country = serializers.CharField()
    admin1 = serializers.CharField(allow_blank=True)
    kind = _choice(PlaceKind.values)
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    precision = _choice(PlacePrecision.values)


class IncidentSerializer(serializers.Serializer):
    """An event. `fatalities` null is not known, 0 is none. Categories after ACLED."""

    id = serializers.IntegerField()
    occurred_on = serializers.DateField()
    precision = _choice(Precision.values)
    title = serializers.CharField()
    event_type = _choice(EventType.values)
    sub_type = serializers.CharField(allow_blank=True)
    fatalities = serializers.IntegerField(allow_null=True)
    place = PlaceSerializer()
    actors = serializers.ListField(child=serializers.CharField())


class ActorSerializer(serializers.Serializer):
    """A group that briefs name."""

    slug = serializers.CharField()
    name = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    kind = _choice(ActorKind.values)


class EarlierSerializer(serializers.Serializer):
    """The judgement that another one revises, when its brief is public."""

    reference = serializers.CharField()
    slug = serializers.CharField()
    likelihood = _choice(Likelihood.values)


class JudgementSerializer(serializers.Serializer):
    """One claim, how likely it was held to be, and what came of it."""

    position = serializers.IntegerField()
    text = serializers.CharField()
    likelihood = _choice(Likelihood.values)
    scale = _choice([SCALE])
    range = serializers.ListField(
        child=serializers.IntegerField(), min_length=2, max_length=2, help_text="Out of a hundred."
    )
    confidence = _choice(Confidence.values)
    horizon = serializers.DateField()
    outcome = _choice(Outcome.values)
    resolved_at = serializers.DateTimeField(allow_null=True)
    revises = EarlierSerializer(allow_null=True)
    change_reason = serializers.CharField(allow_blank=True)


class SourceSerializer(serializers.Serializer):
    """What the brief rests on: a grade after Admiralty, and a name when the source may be named."""

    position = serializers.IntegerField()
    grade = serializers.RegexField("^[A-F][1-6]$")
    name = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    published_on = serializers.DateField(allow_null=True)


class CorrectionSerializer(serializers.Serializer):
    """What readers were told of a change."""

    kind = _choice(CorrectionKind.values)
    text = serializers.CharField()
    made_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class VersionSerializer(serializers.Serializer):
    """A text that readers were given."""

    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    url = serializers.URLField()


class OtherSerializer(serializers.Serializer):
    """Another brief."""

    reference = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    url = serializers.URLField()


class TranslationSerializer(OtherSerializer):
    """The same brief in another language."""

    language = serializers.CharField()


class TextSerializer(serializers.Serializer):
    """What a brief says."""

    title = serializers.CharField(required=False)
    language = serializers.CharField(required=False)
    kind = serializers.ChoiceField(choices=BriefKind.values, required=False)
    summary = serializers.CharField(required=False)
    countries = serializers.ListField(child=serializers.CharField(), required=False)
    topics = serializers.ListField(child=serializers.CharField(), required=False)
    data_cutoff = serializers.DateTimeField(required=False)
    body_html = serializers.CharField(required=False)
    judgements = JudgementSerializer(many=True, required=False)
    incidents = IncidentSerializer(many=True, required=False)
    actors = ActorSerializer(many=True, required=False)
    places = PlaceSerializer(many=True, required=False)
    sources = SourceSerializer(many=True, required=False)


class VersionTextSerializer(TextSerializer, VersionSerializer):
    """One version of a brief."""

    is_newest = serializers.BooleanField()


class BriefSerializer(TextSerializer):
    """A brief; with `fields`, only those. In `updated_since` lists one that is gone is a tombstone: `withdrawn`,
    `archived` or `expired` is true, and nothing but its ids is told."""

    reference = serializers.CharField(required=False)
    uid = serializers.UUIDField(required=False)
    slug = serializers.CharField(required=False)
    url = serializers.URLField(required=False)
    tlp = serializers.CharField(required=False)
    primary_country = serializers.CharField(required=False)
    is_sample = serializers.BooleanField(required=False)
    word_count = serializers.IntegerField(required=False)
    reading_minutes = serializers.IntegerField(required=False)
    published_at = serializers.DateTimeField(required=False)
    modified_at = serializers.DateTimeField(required=False)
    changed_at = serializers.DateTimeField(required=False)
    body_text = serializers.CharField(required=False)
    corrections = CorrectionSerializer(many=True, required=False)
    versions = VersionSerializer(many=True, required=False)
    translations = TranslationSerializer(many=True, required=False)
    superseded_by = OtherSerializer(required=False, allow_null=True)
    withdrawn = serializers.BooleanField(required=False)
    archived = serializers.BooleanField(required=False)
    expired = serializers.BooleanField(required=False)


class BriefPageSerializer(serializers.Serializer):
    """A page of briefs."""

    next = serializers.URLField(allow_null=True)
    results = BriefSerializer(many=True)


class VersionsSerializer(serializers.Serializer):
    """The versions of a brief."""

    results = VersionSerializer(many=True)


class CorrectionsSerializer(serializers.Serializer):
    """The corrections of a brief."""

    results = CorrectionSerializer(many=True)
