"""What the mail app keeps: messages, what came of them, and addresses that take none."""

from mail.models.arrival import DeliveryEvent, Unreachable, email_digest
from mail.models.message import Arrival, Failure, Handling, Message
from mail.models.template_text import TemplateText

__all__ = [
    "Arrival",
    "DeliveryEvent",
    "Failure",
    "Handling",
    "Message",
    "TemplateText",
    "Unreachable",
    "email_digest",
]
