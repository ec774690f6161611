"""Mail providers that Anymail speaks to without further packages, and what makes their events believable."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Provider:
    """A provider: where Anymail has it, and the settings of which one must be there to check its events.

    Some sign what they send; for the others a name and password stand in the address that they are given.
    """

    module: str
    view: str
    secrets: tuple[str, ...] = ("WEBHOOK_SECRET",)

    @property
    def backend(self) -> str:
        """What sends by it."""
        return f"anymail.backends.{self.module}.EmailBackend"


PROVIDERS: dict[str, Provider] = {
    "brevo": Provider("brevo", "BrevoTrackingWebhookView"),
    "mailersend": Provider(
        "mailersend", "MailerSendTrackingWebhookView", ("MAILERSEND_SIGNING_SECRET",)
    ),
    "mailgun": Provider(
        "mailgun",
        "MailgunTrackingWebhookView",
        ("MAILGUN_WEBHOOK_SIGNING_KEY", "MAILGUN_API_KEY"),
    ),
    "mailjet": Provider("mailjet", "MailjetTrackingWebhookView"),
    "mandrill": Provider("mandrill", "MandrillCombinedWebhookView", ("MANDRILL_WEBHOOK_KEY",)),
    "postmark": Provider("postmark", "PostmarkTrackingWebhookView"),
    "sparkpost": Provider("sparkpost", "SparkPostTrackingWebhookView"),
}


def problem_with(events_of: Collection[str], given: Mapping[str, Any]) -> str:
    """What is wrong with the settings of providers, "" when nothing is.

    Events of a provider are believed only when there is something to check them by.
    """
    for name in events_of:
        if name not in PROVIDERS:
            return f"MAIL_EVENTS names a provider that is not known; known are {', '.join(sorted(PROVIDERS))}."
        secrets = PROVIDERS[name].secrets
        if not any(given.get(secret) for secret in secrets):
            return f"ANYMAIL has no {' or '.join(secrets)}, by which events of {name} are checked."
    return ""


def events_view(name: str) -> Any:
    """Anymail's view that checks and reads what this provider tells us."""
    provider = PROVIDERS[name]
    view = import_string(f"anymail.webhooks.{provider.module}.{provider.view}")()
    if "WEBHOOK_SECRET" not in provider.secrets:
        view.basic_auth = []  # Anymail asks everybody for it once one provider needs it
    return view
