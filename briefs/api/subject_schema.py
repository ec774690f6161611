"""The shapes of answers about incidents, actors, countries, topics and facets, for the OpenAPI document."""

from rest_framework import serializers

from briefs.api import schema
from briefs.models import ActorKind

_COUNTED = "How many public briefs, counted up to 1,000."


class TellingSerializer(schema.OtherSerializer):
    """A brief that tells of an incident."""

    language = serializers.CharField()


class ToldIncidentSerializer(schema.IncidentSerializer):
    """An incident as the newest public text tells it. `fatalities` null is not known, 0 is none."""

    url = serializers.URLField()
    briefs = TellingSerializer(many=True)


class IncidentPageSerializer(serializers.Serializer):
    """A page of incidents."""

    next = serializers.URLField(allow_null=True)
    results = ToldIncidentSerializer(many=True)


class BriefTeaserSerializer(schema.OtherSerializer):
    """A brief, in short."""

    language = serializers.CharField()
    published_at = serializers.DateTimeField()


class NamedActorSerializer(schema.ActorSerializer):
    """An actor under the name of today; briefs call it what it was called when they were approved."""

    about = serializers.CharField(allow_blank=True)
    brief_count = serializers.IntegerField(help_text=_COUNTED)
    url = serializers.URLField()


class KinSerializer(serializers.Serializer):
    """What an actor belongs to, or what belongs to it."""

    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=ActorKind.values)


class OneActorSerializer(NamedActorSerializer):
    """An actor with its kin and its newest briefs."""

    parents = KinSerializer(many=True)
    children = KinSerializer(many=True)
    briefs = BriefTeaserSerializer(many=True)


class ActorPageSerializer(serializers.Serializer):
    """A page of actors."""

    next = serializers.URLField(allow_null=True)
    results = NamedActorSerializer(many=True)


class NamesSerializer(serializers.Serializer):
    """A name in each of our languages."""

    en = serializers.CharField()
    fr = serializers.CharField()
    pt = serializers.CharField()
    ar = serializers.CharField()


class RegionSerializer(serializers.Serializer):
    """A region of UN M49: as filters call it, and its code."""

    slug = serializers.CharField()
    m49 = serializers.RegexField("^[0-9]{3}$")


class CountrySerializer(serializers.Serializer):
    """A country (ISO 3166)."""

    alpha2 = serializers.RegexField("^[A-Z]{2}$")
    alpha3 = serializers.RegexField("^[A-Z]{3}$")
    names = NamesSerializer()
    region = RegionSerializer()
    brief_count = serializers.IntegerField(help_text=_COUNTED)
    url = serializers.URLField()


class CountriesSerializer(serializers.Serializer):
    """Every country."""

    results = CountrySerializer(many=True)


class BriefNamedSerializer(serializers.Serializer):
    """Which brief."""

    reference = serializers.CharField()
    slug = serializers.CharField()


class OpenJudgementSerializer(schema.JudgementSerializer):
    """A judgement that can still come true, and the brief that makes it."""

    brief = BriefNamedSerializer()


class OneCountrySerializer(CountrySerializer):
    """A country with its newest briefs and what they expect."""

    briefs = BriefTeaserSerializer(many=True)
    open_judgements = OpenJudgementSerializer(many=True)


class TopicSerializer(serializers.Serializer):
    """What briefs may be filed under."""

    slug = serializers.CharField()
    names = NamesSerializer()
    brief_count = serializers.IntegerField(help_text=_COUNTED)
    url = serializers.URLField()


class TopicsSerializer(serializers.Serializer):
    """Every topic."""

    results = TopicSerializer(many=True)


class CountSerializer(serializers.Serializer):
    """A value, and how many of the counted briefs carry it."""

    value = serializers.CharField()
    count = serializers.IntegerField()


class ActorCountSerializer(CountSerializer):
    """An actor, and how many of the counted briefs name it."""

    name = serializers.CharField()


class FacetCountsSerializer(serializers.Serializer):
    """The values of each facet, the commonest first."""

    country = CountSerializer(many=True)
    topic = CountSerializer(many=True)
    actor = ActorCountSerializer(many=True)
    language = CountSerializer(many=True)
    kind = CountSerializer(many=True)


class FacetsSerializer(serializers.Serializer):
    """What a list may be narrowed by."""

    total = serializers.IntegerField()
    is_capped = serializers.BooleanField()
    facets = FacetCountsSerializer()
