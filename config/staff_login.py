"""The login of staff, against guessing: tries are counted by account and by network, and too many have to wait.

Nobody locks a colleague out: a browser in which somebody logged in before has a cookie for that account, and its tries
are counted apart from those of strangers (OWASP, "device cookies"). Counts live in Valkey; without it nobody waits.
"""

import math
from typing import Any, cast

import structlog
from django import forms
from django.conf import settings
from django.contrib import admin
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac
from django.views.decorators.cache import never_cache
from unfold.forms import AuthenticationForm

from accounts.flood import address_of
from accounts.numbers import counted
from briefs import freshness
from config import staff_keeping
from intake import counting
from jobs.hints import BrokerAway

log = structlog.get_logger("derisk.login")
WINDOW_SECONDS = 15 * 60
# Tries in a window, wrong or under way: of strangers for one account, of one known browser, of one network.
PER_ACCOUNT, PER_BROWSER, PER_NETWORK = 10, 10, 30
_PATH = "/staff/login/"  # no public page gets it
COOKIE = "__Secure-known" if settings.HTTPS else "known"
_COOKIE_SECONDS = 180 * 24 * 3600
_SALT = "config.staff_login"
_COUNT = """
local wait = 0
for i, key in ipairs(KEYS) do
  local seen = redis.call('INCR', key)
  if seen == 1 then redis.call('EXPIRE', key, ARGV[1]) end
  if seen > tonumber(ARGV[i + 1]) then wait = math.max(wait, redis.call('TTL', key)) end
end
return wait
"""
_TAKE_BACK = """
redis.call('DEL', KEYS[1])
if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then redis.call('DECR', KEYS[2]) end
"""


class LoginForm(AuthenticationForm):
    """Asks whether this try may be made before it looks at the password."""

    def clean(self) -> dict[str, Any]:
        tries = _tries(self.request, self.data.get("username", ""))
        if wait := _wait_for(tries):
            log.warning("login throttled", wait=wait)
            raise forms.ValidationError(
                "Too many tries to log in. Wait %(wait)s, then try again; the password was not looked at.",
                code="throttled",
                params={"wait": counted(math.ceil(wait / 60), "minute")},
            )
        data = super().clean()
        _take_back(tries)
        return cast(dict[str, Any], data)


@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """The admin's own page; whoever got in gets the cookie that tells this browser again, and what they typed."""
    kept = staff_keeping.kept_in(request) if request.method == "POST" else None
    carried = {staff_keeping.FIELD: request.POST[staff_keeping.FIELD]} if kept else None
    response = admin.site.login(request, carried)
    if request.method == "POST" and response.status_code == 302 and request.user.is_authenticated:
        if kept:
            response = staff_keeping.page_to_send_again(request, kept)
        known = {"who": _account(request.user.get_username()), "browser": get_random_string(16)}
        response.set_cookie(
            COOKIE,
            signing.dumps(known, salt=_SALT),
            max_age=_COOKIE_SECONDS,
            path=_PATH,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return response


def _tries(request: HttpRequest, email: str) -> dict[str, int]:
    """What one try counts for, each with how many it may have; keyed digests, which say nothing of who it is."""
    account = _account(email)
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_COOKIE_SECONDS)
    except signing.BadSignature:
        known = {}
    if known.get("who") == account:
        return {_key("browser", known["browser"]): PER_BROWSER}
    network = counting.network_of(address_of(request))
    return {_key("account", account): PER_ACCOUNT, _key("network", network): PER_NETWORK}


def _account(email: str) -> str:
    return salted_hmac(_SALT, email.strip().lower()[:300], algorithm="sha256").hexdigest()[:32]


def _key(kind: str, value: str) -> str:
    digest = salted_hmac(_SALT + kind, value, algorithm="sha256").hexdigest()[:24]
    return f"{freshness.prefix()}login:{kind}:{digest}"


def _wait_for(tries: dict[str, int]) -> int:
    """Count one try; seconds to wait when it is one too many. 0 without Valkey."""
    if not settings.THROTTLE:
        return 0
    count = freshness.store().register_script(_COUNT)
    arguments = [WINDOW_SECONDS, *tries.values()]
    try:
        return int(freshness.breaker.call(lambda: count(keys=list(tries), args=arguments)))
    except BrokerAway:
        return 0


def _take_back(tries: dict[str, int]) -> None:
    """A right password is no guess: the account begins anew, and its network has one try less."""
    if not settings.THROTTLE:
        return
    account, *network = tries
    back = freshness.store().register_script(_TAKE_BACK)
    try:
        freshness.breaker.call(lambda: back(keys=[account, *network]))
    except BrokerAway:
        return
