"""What a request asks for, read from its words: rules and word tables in four languages, no network, no model."""

from intake.needs.duty_of_care import alarms_of, needs_urgent_help
from intake.needs.findings import Alarm, Certainty, Finding, Kind
from intake.needs.language import language_of
from intake.needs.reading import VERSION, read_needs

__all__ = [
    "VERSION",
    "Alarm",
    "Certainty",
    "Finding",
    "Kind",
    "alarms_of",
    "language_of",
    "needs_urgent_help",
    "read_needs",
]
