"""The settings of a worker and a sweep that know the kinds of the tests as well."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "tests.jobs.kinds_app.KindsForTests"]
