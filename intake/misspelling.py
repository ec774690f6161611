"""Addresses whose domain is one slip of the fingers away from one that half the world uses."""

# Mail for everybody, there and where clients of the house live.
COMMON_PROVIDERS = (
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "live.com", "live.fr",
    "yahoo.com", "yahoo.fr", "yahoo.co.uk", "ymail.com", "icloud.com", "protonmail.com", "proton.me", "orange.fr",
    "wanadoo.fr", "laposte.net", "free.fr", "sapo.pt", "mail.com", "email.com", "gmx.com", "gmx.net", "gmx.de",
    "aol.com",
)  # fmt: skip


def likely_address(email: str) -> str:
    """The address that was probably meant; empty when there is no reason to ask. Never a reason to refuse."""
    local, _, domain = email.rpartition("@")
    domain = domain.lower()
    if domain in COMMON_PROVIDERS:
        return ""
    meant = next((each for each in COMMON_PROVIDERS if _is_one_slip(domain, each)), "")
    return f"{local}@{meant}" if meant else ""


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, doubled, wrong or swapped with its neighbour (Damerau-Levenshtein 1)."""
    if abs(len(typed) - len(meant)) > 1 or min(len(typed), len(meant)) < 7:
        return False  # of short ones too many neighbours are real: gmx.de and gmx.ae
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    a, b = typed[start:], meant[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
