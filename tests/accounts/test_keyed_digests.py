import base64

import pytest
from django.utils.crypto import salted_hmac
from pytest_django import Settings

from accounts.keyed_digests import is_keyed_text, keyed_digest, keyed_text


@pytest.mark.parametrize("value", [b"", b"a value", "ü".encode() * 200])
def test_a_digest_is_djangos(value: bytes, settings: Settings) -> None:
    assert keyed_digest("for a test", value) == mac(value, settings.SECRET_KEY)
    assert keyed_digest("for a test", value, "another") == mac(value, "another")

    settings.SECRET_KEY = "changed"

    assert keyed_digest("for a test", value) == mac(value, "changed")


@pytest.mark.parametrize("size", [9, 32])
def test_a_text_is_ours_under_a_key_of_now_or_before(size: int, settings: Settings) -> None:
    text = keyed_text("for a test", b"a value", size=size)
    digest = base64.urlsafe_b64encode(mac(b"a value", settings.SECRET_KEY)[:size]).decode()
    assert text == digest.rstrip("=")

    def is_ours(value: bytes = b"a value", salt: str = "for a test", found: str = text) -> bool:
        return is_keyed_text(found, salt, value, size)

    assert is_ours()
    assert not any([is_ours(b"another"), is_ours(salt="another"), is_ours(found=text[:-1])])
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "changed", ["older", settings.SECRET_KEY]
    assert is_ours()
    settings.SECRET_KEY_FALLBACKS = ["older"]
    assert not is_ours()


def mac(value: bytes, key: str) -> bytes:
    return salted_hmac("for a test", value, secret=key, algorithm="sha256").digest()
