"""`POST /api/v1/enquiries/`."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import text_rules
from intake import arriving, flood, keys, provenance, submission
from intake.api import anonymous_json
from intake.api.authentication import KeyAuthentication, MaySendEnquiries
from intake.api.cross_origin import CrossOrigin
from intake.api.forms_with_files import FilesParser
from intake.api.parsing import StrictJSONParser
from intake.api.serializers import (
    EnquiryFormSerializer,
    EnquirySerializer,
    ReceiptSerializer,
    content_of,
    otherwise_sent,
    plain_enquiry,
)
from intake.catalogue import Language
from intake.models import ApiKey, Enquiry
from intake.submission import EnquiryContent

Checked = tuple[EnquiryContent, str]  # and what of it was sent otherwise, as JSON


class EnquiriesView(CrossOrigin, APIView):
    """Ask the house for help."""

    authentication_classes = [KeyAuthentication]
    permission_classes = [AllowAny, MaySendEnquiries]  # the first tells the OpenAPI document
    parser_classes = [StrictJSONParser, FilesParser]
    throttle_classes = [flood.EnquiryThrottle]

    @extend_schema(
        operation_id="enquiries_create",
        request={
            "application/json": EnquirySerializer,
            "multipart/form-data": EnquiryFormSerializer,
        },
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "minLength": 1, "maxLength": 255},
                OpenApiParameter.HEADER,
                description="At most 255 characters of ASCII, your own for each request. The same key with the same "
                "body gets the first answer again; with another body, 422. A refused request does not use the key up.",
            )
        ],
        responses={
            201: ReceiptSerializer,
            **dict.fromkeys((400, 401, 403, 409, 413, 415, 422, 429, 503)),
        },
    )
    def post(self, request: Request) -> Response:
        """Store an enquiry; 201 means that it is stored."""
        key = keys.of(request)
        idempotency_key = _idempotency_key(request, key)
        is_form = request.content_type.lower().startswith(FilesParser.media_type)
        serializer_class = EnquiryFormSerializer if is_form else EnquirySerializer
        checked = _checked(serializer_class(data=request.data))
        receipt = _receive(request, checked, idempotency_key, key)
        return Response(receipt, status=201, headers={"Cache-Control": "no-store"})

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """DRF's way, with all that it negotiates, unless the request asks for nothing of that."""
        if anonymous_json.is_plain(request):
            return anonymous_json.answer(request, _receive_json)
        return super().dispatch(request, *args, **kwargs)


def _receive_json(request: HttpRequest) -> dict[str, str]:
    """The same for JSON from nobody in particular."""
    idempotency_key = _idempotency_key(request, None)
    data = StrictJSONParser().parse(request)  # type: ignore[arg-type]  # it can be read
    if plain := plain_enquiry(data):
        content = content_of(plain)
        checked = content, otherwise_sent(content, data)
    else:
        checked = _checked(EnquirySerializer(data=data))
    return _receive(request, checked, idempotency_key, None)


def _checked(serializer: EnquirySerializer) -> Checked:
    serializer.is_valid(raise_exception=True)
    return serializer.content, serializer.as_sent()


def _receive(
    request: Request | HttpRequest,
    checked: Checked,
    idempotency_key: str | None,
    key: ApiKey | None,
) -> dict[str, str]:
    """Store it; what the sender gets."""
    content, as_sent = checked
    receipt = submission.receive_enquiry(
        content=content,
        channel=Enquiry.Channel.API,
        idempotency_key=idempotency_key,
        page_language=(key and key.language) or Language.ENGLISH,
        arrival=arriving.by_api(
            request,
            email=content.email,
            is_known_site=key is not None and flood.is_proven(cast(Request, request)),
        ),
        provenance=provenance.of_request(request, as_sent=as_sent, key=key),
    )
    return {"reference": receipt.reference, "status_url": submission.status_url(receipt.token)}


def _idempotency_key(request: Request | HttpRequest, sender: ApiKey | None) -> str | None:
    """The sender's own key as it is kept: two websites, or a website and anybody, may use the same."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not (1 <= len(key) <= 255 and key.isascii()):  # of others web servers make nothing
        raise ValidationError(
            {"Idempotency-Key": ValidationError("Use 1 to 255 characters of ASCII.", code="length")}
        )
    try:
        text_rules.refuse_hidden_characters(key)
    except ValidationError as error:
        raise ValidationError({"Idempotency-Key": error}) from error
    return f"key{sender.pk}:{key}" if sender else f"api:{key}"
