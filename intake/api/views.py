"""`POST /api/v1/enquiries/`."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import text_rules
from intake import arriving, flood, submission
from intake.api.parsing import StrictJSONParser
from intake.api.serializers import EnquirySerializer, ReceiptSerializer
from intake.models import Enquiry


class EnquiriesView(APIView):
    """Ask the house for help."""

    throttle_classes = [flood.EnquiryThrottle]
    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="enquiries_create",
        request=EnquirySerializer,
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "minLength": 1, "maxLength": 255},
                OpenApiParameter.HEADER,
                description="At most 255 characters. The same key with the same body gets the first answer again; "
                "with another body, 422. A refused request does not use the key up.",
            )
        ],
        responses={
            201: ReceiptSerializer,
            **dict.fromkeys((400, 409, 413, 415, 422, 429, 503)),
        },
    )
    def post(self, request: Request) -> Response:
        """Store an enquiry; 201 means that it is stored."""
        key = _idempotency_key(request)
        serializer = EnquirySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        receipt = submission.receive_enquiry(
            content=serializer.content(),
            channel=Enquiry.Channel.API,
            idempotency_key=key,
            arrival=arriving.by_api(request, email=serializer.validated_data["email"]),
        )
        address = reverse("intake:status", args=[receipt.token])
        body = {
            "reference": receipt.reference,
            "status_url": f"{settings.SITE_URL}{address}",
        }
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= 255:
        raise ValidationError(
            {"Idempotency-Key": ValidationError("Use 1 to 255 characters.", code="length")}
        )
    try:
        text_rules.refuse_hidden_characters(key)
    except ValidationError as error:
        raise ValidationError({"Idempotency-Key": error}) from error
    return f"api:{key}"
