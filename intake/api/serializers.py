"""The shape of an enquiry as JSON, with the rules of the form."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django_countries import countries
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import text_rules
from briefs import geography
from intake import provenance
from intake.api import plain_values
from intake.api.fields import (
    NOT_HIDDEN,
    ONE_LINE,
    SAID,
    ConsentField,
    SpeltConsentField,
    StrictCharField,
    UploadField,
    choice,
    line,
)
from intake.api.short_lists import ShortListField
from intake.attachments import Upload, check_uploads
from intake.catalogue import Budget, Language, Service, Timeframe
from intake.forms import NEEDS_LIMIT
from intake.submission import EnquiryContent

_MOST_NAMED = 20


class EnquirySerializer(serializers.Serializer[Any]):
    """What `POST /api/v1/enquiries/` takes."""

    full_name = line(validators=[*ONE_LINE, SAID])
    email = serializers.EmailField(
        max_length=254,
        validators=[*ONE_LINE, text_rules.refuse_unusual_email],
        error_messages={"invalid": text_rules.CANNOT_RECEIVE},
    )
    needs = StrictCharField(
        max_length=NEEDS_LIMIT, trim_whitespace=False, validators=[NOT_HIDDEN, SAID]
    )
    consent = ConsentField(help_text="Must be true.")
    organisation = line(required=False, allow_blank=True)
    job_title = line(required=False, allow_blank=True)
    phone = line(40, required=False, allow_blank=True)
    country = choice(
        [code for code, _ in countries],
        "the two letters of a country in ISO 3166, such as KE",
        required=False,
        allow_blank=True,
    )
    countries_of_interest = ShortListField(
        child=choice(
            geography.AFRICAN_COUNTRIES,
            "the two letters of an African country in ISO 3166, such as KE",
        ),
        required=False,
        max_length=60,
    )
    services = ShortListField(
        child=choice(Service.choices),
        required=False,
        max_length=20,
    )
    timeframe = choice(Timeframe.choices, required=False, allow_blank=True)
    budget = choice(Budget.choices, required=False, allow_blank=True)
    language = choice(
        Language.choices,
        required=False,
        help_text="Of the answer. Left out, the text's own language is taken, or English.",
    )
    brief = StrictCharField(
        max_length=200, required=False, allow_blank=True, validators=ONE_LINE,
        help_text="Slug of the brief that led to the request; an unknown one is ignored.",
    )  # fmt: skip

    # A file that was dropped in silence would be lost to both sides.
    attachments = ShortListField(
        child=serializers.JSONField(),
        required=False,
        max_length=0,
        error_messages={
            "max_length": "Files do not fit JSON: send the request as multipart/form-data."
        },
        help_text="Files come with multipart/form-data. Leave it out here, or empty.",
    )

    @property
    def fields(self) -> Any:
        """The fields, which all requests share. DRF makes each anew, with its 250 countries; checking changes none."""
        return _fields_of(type(self))

    @property
    def _writable_fields(self) -> Any:
        """Those that DRF has to look at."""
        return self._left

    def to_internal_value(self, data: Any) -> Any:
        """The checked fields. A name that is none is refused: what it holds would be lost to both sides."""
        if not isinstance(data, dict):
            return super().to_internal_value(data)
        plain = plain_values.plain_among(data, _checks_of(type(self)))
        self._left = [
            field
            for name, field in self.fields.items()
            if name not in plain and (name in data or field.required)
        ]
        unknown = [name for name in data if name not in self.fields]
        try:
            checked = {**plain, **super().to_internal_value(data)} if self._left else plain
        except serializers.ValidationError as error:
            if not unknown:
                raise
            named = error.detail if isinstance(error.detail, dict) else {}
            raise serializers.ValidationError({**named, **_unknown(unknown)}) from error
        if unknown:
            raise serializers.ValidationError(_unknown(unknown))
        return checked

    @cached_property
    def content(self) -> EnquiryContent:
        """The checked fields."""
        return content_of(self.validated_data)

    def as_sent(self) -> str:
        """What of the body is stored otherwise than it came."""
        return otherwise_sent(self.content, self.initial_data)


def plain_enquiry(data: Any) -> dict[str, Any] | None:
    """The checked fields of a body in which all is plainly right; None says nothing, then the serializer does."""
    if not isinstance(data, dict):
        return None
    plain = plain_values.plain_among(data, _checks_of(EnquirySerializer))
    return plain if len(plain) == len(data) and plain.keys() >= _required() else None


def content_of(checked: Mapping[str, Any]) -> EnquiryContent:
    """The checked fields, as the form and the API have them in common."""
    data = {k: v for k, v in checked.items() if k != "consent"}
    for name in ("services", "countries_of_interest", "attachments"):
        data[name] = tuple(dict.fromkeys(data.get(name, ())))
    return EnquiryContent(**data)


def otherwise_sent(content: EnquiryContent, sent: Mapping[str, Any]) -> str:
    """What of a body is stored otherwise than it came."""
    # The slug of a brief is stored as the brief that it names, if that is public.
    texts = {k: v for k, v in content.texts().items() if k != "brief"}
    stored = {k: list(v) if isinstance(v, tuple) else v for k, v in texts.items()}
    ours = {k: v for k, v in sent.items() if k not in ("consent", "attachments")}
    return provenance.otherwise(ours, stored)


class EnquiryFormSerializer(EnquirySerializer):
    """The same as a form with files; lists are repeated fields."""

    consent = SpeltConsentField(help_text="Must be true.")
    attachments = ShortListField(
        child=extend_schema_field({"type": "string", "format": "binary"})(UploadField)(),
        required=False,
        help_text="At most three files of 10 MB: PDF, Word, Excel, pictures or text, by what the bytes say.",
    )

    def validate_attachments(self, files: list[UploadedFile]) -> tuple[Upload, ...]:
        """The files, checked as those of the page."""
        return check_uploads(files)


@cache
def _fields_of(serializer_class: type[EnquirySerializer]) -> Any:
    return super(EnquirySerializer, serializer_class()).fields


@cache
def _required() -> frozenset[str]:
    fields = _fields_of(EnquirySerializer)
    return frozenset(name for name, field in fields.items() if field.required)


@cache
def _checks_of(serializer_class: type[EnquirySerializer]) -> dict[str, plain_values.Check]:
    return plain_values.checks_of(
        _fields_of(serializer_class),
        texts=(StrictCharField, serializers.EmailField),
        consents=(ConsentField, SpeltConsentField),
    )


def _unknown(names: list[str]) -> dict[str, Any]:
    text = "There is no such field. Take it out, or see /api/docs/ for its name."
    return {name: [serializers.ErrorDetail(text, code="unknown")] for name in names[:_MOST_NAMED]}


class EnquirySchema(OpenApiSerializerExtension):
    """Says in the OpenAPI document that other fields are refused."""

    target_class = EnquirySerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """The schema of the body."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


class ReceiptSerializer(serializers.Serializer[Any]):
    """What the sender gets back."""

    reference = serializers.CharField(
        help_text="Say this when you write or call about the request."
    )
    status_url = serializers.URLField(
        help_text="Private: whoever has it can see where the request stands."
    )
