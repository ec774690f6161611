"""The settings of a worker and a sweep that know the kinds of the tests as well."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as OURS
from config.settings import LOGGING as OUR_LOGGING

INSTALLED_APPS = [*OURS, "tests.jobs.kinds_app.KindsForTests"]
# Tests know by Celery's line about each message how far a worker is.
LOGGING = {
    **OUR_LOGGING,
    "loggers": {k: v for k, v in OUR_LOGGING["loggers"].items() if not k.startswith("celery.")},
}
