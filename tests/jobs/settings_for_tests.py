"""The settings of a worker that knows the kinds of the tests as well."""

from config.settings import *  # noqa: F403

CELERY_INCLUDE = ["tests.jobs.kinds_for_tests"]
