"""Fixtures for the tests of accounts."""

import pytest
from pytest_django import Settings


@pytest.fixture
def quick_hashes(settings: Settings) -> None:
    """Passwords hashed in no time: Argon2 is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
