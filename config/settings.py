"""All settings, from the environment. Safe values are the defaults; what production needs and lacks stops the start."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ

from config import database_options, house_calendar, logs
from config.staff_site import UNFOLD as UNFOLD  # the look of the staff screens
from mail import providers

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def stop(problem: str) -> NoReturn:
    """End the start with one line; an exception would hide it under a traceback."""
    raise SystemExit(f"{problem} See .env.example.")


def required(name: str, hint: str, schemes: Collection[str] = ()) -> str:
    """The value of an environment variable that has no safe default; stops the start when it is missing.

    With `schemes` it is an address, which must begin with one of them.
    """
    value = env.str(name, default="")
    if not value:
        stop(f"{name} is not set. {hint}")
    if schemes and value.partition("://")[0] not in schemes:
        stop(f"{name} begins with none of {', '.join(schemes)}. {hint}")
    return value


def json_object(name: str) -> dict[str, Any]:
    """The JSON object in an environment variable; empty when it is not set."""
    try:
        value = json.loads(env.str(name, default="") or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        stop(f"{name} is no JSON object.")
    return value


def number(name: str, default: int, least: int = 0, most: int = 99_999) -> int:
    """The whole number in an environment variable; stops the start when it is none from `least` to `most`."""
    value = env.str(name, default="") or str(default)
    if not value.isdecimal() or len(value) > 9 or not least <= int(value) <= most:
        stop(f"{name} is no whole number from {least} to {most}.")
    return int(value)


def secret_key() -> str:
    """SECRET_KEY, refused when it is short enough to guess."""
    value = required("SECRET_KEY", "Set it to at least 50 random characters.")
    if len(value) < 50:
        stop("SECRET_KEY is shorter than 50 characters. Set a longer random one.")
    return value


# ---- Identity and addresses
HOME = Path(env.str("DERISK_HOME", default=str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SITE_URL = required(
    "SITE_URL", "Set the public address, such as https://www.example.org.", ("https", "http")
).rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [urlsplit(SITE_URL).hostname or ""]
HTTPS = SITE_URL.startswith("https://")
# How many proxies of ours stand in front; 0 believes no X-Forwarded-* header at all.
TRUSTED_PROXIES = number("TRUSTED_PROXIES", 0)
THROTTLE = env.str("THROTTLE", default="on") != "off"

# ---- Applications
INSTALLED_APPS = [
    "config.staff_apps.StaffSiteConfig",  # unfold
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_countries",
    "django_prose_editor",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "accounts",
    "jobs",
    "mail",
    "briefs",
    "intake",
    "proposals",
    "seeds",
    "config.apps.ConfigConfig",
]
MIDDLEWARE = [
    "config.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.staff_policy.PolicyMiddleware",
    "config.staff_policy.StaffPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.outage.OutageMiddleware",
    "config.staff_only.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.staff_only.AuthenticationMiddleware",
    "config.staff_only.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # also finds config/templates

# ---- Database: one PostgreSQL, plain persistent connections, nothing waits for ever
PROCESS_NAME = env.str("PROCESS_NAME", default="derisk")
WORKER_PROCESS = PROCESS_NAME == "worker"
DATABASES = {
    "default": env.db_url_config(
        required(
            "DATABASE_URL",
            "Set it like postgres://user:password@host:5432/derisk.",
            ("postgres", "postgresql"),
        )
    )
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "application_name": PROCESS_NAME,
            # Of briefs/prepared.py alone: what is asked a second time is planned once for each connection. A pooler
            # between that gives each transaction another connection must have it off.
            "prepare_threshold": 1 if env.bool("PREPARED_STATEMENTS", default=True) else None,
            "options": database_options.options(PROCESS_NAME),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- Valkey or Redis: broker and cache; both may die without loss
REDIS_URL = required("REDIS_URL", "Set it like redis://:password@host:6379/0.", ("redis", "rediss"))
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "derisk",
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
            "IGNORE_EXCEPTIONS": True,
        },
    }
}
CELERY_BROKER_URL = REDIS_URL
# A publisher gives up at once; a worker keeps its connection through a freeze of ten seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        # No second copy of a message that is being worked on: the job's row tells of it, and Celery 5.7 dies of
        # such copies when the broker goes away (AttributeError while it gives them back).
        "ack_emulation": False,
        "socket_timeout": 10,
        "socket_connect_timeout": 2,
        "health_check_interval": 10,
    }
    if WORKER_PROCESS
    else {
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
        "max_retries": 0,
        "health_check_interval": 25,
    }
)
CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for as long as it takes
CELERY_TASK_PUBLISH_RETRY = False
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "derisk"
# Together: a worker takes no message that it cannot work on at once.
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Else Celery connects to the database anew for each task, which takes longer than most jobs. The tasks check theirs.
CELERY_DB_REUSE_MAX = 1_000_000
# Not after so many tasks: to be replaced takes a process a second and a half, and 500 are ten seconds of a busy day.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kilobytes
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # let a mail finish
# Soft limit < hard limit < lease: a job that hangs is dead before another worker may take it.
CELERY_TASK_SOFT_TIME_LIMIT = 20
CELERY_TASK_TIME_LIMIT = 25
JOB_LEASE_SECONDS = number("JOB_LEASE_SECONDS", 30, least=1)

# ---- Staff: login by e-mail, Argon2, short sessions
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"  # whoever opened the login page itself
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.error_pages.forged"
# The __Host- prefix needs https; the demo and the tests speak plain http.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS

# ---- Transport and headers
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ---- What a request may weigh
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000  # what is too long comes back
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a proposal of 300 price lines has 2,400
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # the request form keeps three, and the words of who chose more
FILE_UPLOAD_PERMISSIONS = 0o600
# Where ClamAV's daemon listens: unix:///run/clamav/clamd.ctl or tcp://host:3310. Empty: files are not scanned.
CLAMD = env.str("CLAMD", default="")
if CLAMD and not CLAMD.startswith(("unix:///", "tcp://")):
    stop("CLAMD begins with none of unix:///, tcp://. Set it to where clamd listens.")

# ---- Spam: from how many points on a request is held back, and for how long (docs/spam.md)
SPAM_LINE = number("SPAM_LINE", 50)
QUARANTINE_DAYS = number("QUARANTINE_DAYS", 60)
QUARANTINE_EXPIRES = env.bool("QUARANTINE_EXPIRES", default=False)

# ---- Mail: `dummymail://` keeps messages in the database for staff to read, as in the demo
EMAIL_URL = required(
    "EMAIL_URL",
    "Set it like smtp+tls://user:password@host:587, or dummymail:// to send nothing.",
    (*env.EMAIL_SCHEMES, "anymail"),
)
# Anymail's own settings, for a provider that is spoken to by its interface: a JSON object.
ANYMAIL = {"REQUESTS_TIMEOUT": (5, 10)} | json_object("ANYMAIL")
MAIL_PROVIDER = EMAIL_URL.partition("anymail://")[2].strip("/")
if MAIL_PROVIDER:
    if MAIL_PROVIDER not in providers.PROVIDERS:
        stop(f"EMAIL_URL names none of the providers {', '.join(sorted(providers.PROVIDERS))}.")
    EMAIL_BACKEND = providers.PROVIDERS[MAIL_PROVIDER].backend
else:
    EMAIL_CONFIG = env.email_url_config(EMAIL_URL)
    if EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        EMAIL_CONFIG["EMAIL_BACKEND"] = "mail.smtp.EmailBackend"  # tells what may have been taken
    vars().update(EMAIL_CONFIG)
# Providers whose events are believed, at /mail/events/<name>/.
MAIL_EVENTS = env.list("MAIL_EVENTS", default=[MAIL_PROVIDER] if MAIL_PROVIDER else [])
if problem := providers.problem_with(MAIL_EVENTS, ANYMAIL):
    stop(problem)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Derisk <office@derisk.example>")

# When the weekly mail to readers goes out: 0 is Monday, the hour in UTC.
DIGEST_WEEKDAY = number("DIGEST_WEEKDAY", 0) % 7
DIGEST_HOUR = number("DIGEST_HOUR", 6) % 24

# What proposals and mails say of the house itself.
HOUSE = {
    "name": env.str("HOUSE_NAME", default="Derisk"),
    "address": env.str("HOUSE_ADDRESS", default=""),
    "email": env.str("HOUSE_EMAIL", default="office@derisk.example"),
    "url": SITE_URL,
}

# When the house answers before an adviser is known: on each day that is no weekend or public holiday of the country.
HOUSE_CALENDAR = house_calendar.told_in(env)
if problem := house_calendar.problem_with(*HOUSE_CALENDAR):
    stop(problem)
# Who may read /metrics: whoever sends this as a bearer token. Empty: everybody without https, nobody with it.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# ---- Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("pt", "Português"), ("ar", "العربية")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = "config.formats"

# ---- Static files: our own, our fonts (cut at installation), nothing from another host
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
FONTS_DIR = HOME / "fonts"
STATICFILES_DIRS = [
    BASE_DIR / "config" / "static",
    *([("fonts", FONTS_DIR / "web")] if (FONTS_DIR / "web").is_dir() else []),
]
# `collectstatic` makes names that change with the content; without it (demo, tests) the files are found in place.
COLLECTED = (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED or env.bool("COLLECT", default=False)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = HOME / "media"

# Every erasure, a line each without personal data; keep it apart from the backups of the database.
ERASURE_LIST = Path(env.str("ERASURE_LIST", default=str(HOME / "erasures.jsonl")))

# ---- API
CORS_ORIGINS = env.list("CORS_ORIGINS", default=[])  # whose pages may send without a key
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.problems.problem_response",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": None,
    # Escaped answers can quote any input back, even half a surrogate pair, which UTF-8 cannot.
    "UNICODE_JSON": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Derisk API",
    "DESCRIPTION": "Ask for help and read briefs, by machine.",
    "VERSION": "1.0.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api_schema.describe_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "BriefKind": "briefs.models.BriefKind.values",
        "ActorKind": "briefs.models.ActorKind.values",
        "PlaceKind": "briefs.models.PlaceKind.values",
        "CorrectionKind": "briefs.models.CorrectionKind.values",
        "DatePrecision": "briefs.models.Precision.values",
        "PlacePrecision": "briefs.models.PlacePrecision.values",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# ---- Logs: one JSON line per request and job, ids only
LOG_LEVEL = (env.str("LOG_LEVEL", default="") or "INFO").upper()
if LOG_LEVEL not in logs.LEVELS:
    stop(f"LOG_LEVEL is none of {', '.join(logs.LEVELS)}.")
LOGGING = logs.logging_config(LOG_LEVEL)
