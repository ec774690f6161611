"""In which language to speak to a client."""

from intake import needs
from intake.models import Enquiry


def language_for(enquiry: Enquiry) -> str:
    """The one chosen for our answer, else that of the text where rules can tell, else that of the page."""
    return enquiry.language or needs.language_of(enquiry.needs) or enquiry.consent_language
