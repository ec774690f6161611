"""Numbers that people read out on the phone: short, unambiguous, and no hint of how many there are."""

import secrets

# Crockford's base 32: no I, L, O or U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(prefix: str) -> str:
    """A reference like R-7K3M9-Q2XHD: 50 random bits, so two alike are a unique index's rare business."""
    number = secrets.randbits(50)
    symbols = "".join(_ALPHABET[number >> shift & 31] for shift in range(0, 50, 5))
    return f"{prefix}-{symbols[:5]}-{symbols[5:]}"
