import pytest
from django.utils.crypto import salted_hmac
from pytest_django import Settings

from accounts.keyed_digests import keyed_digest


@pytest.mark.parametrize("value", [b"", b"a value", "ü".encode() * 200])
def test_a_digest_is_djangos(value: bytes, settings: Settings) -> None:
    assert keyed_digest("for a test", value) == mac(value, settings.SECRET_KEY)
    assert keyed_digest("for a test", value, "another") == mac(value, "another")

    settings.SECRET_KEY = "changed"

    assert keyed_digest("for a test", value) == mac(value, "changed")


def mac(value: bytes, key: str) -> bytes:
    return salted_hmac("for a test", value, secret=key, algorithm="sha256").digest()
