"""How Derisk is put together: settings, addresses, the Celery application, the embedded servers."""

import gc

# Rings of garbage are few here. Looking for them seldom spares each start a sixth of its time.
gc.set_threshold(10_000, 20, 20)

from config.celery import app as celery_app  # noqa: E402  # its loading is what is spared first

__all__ = ["celery_app"]
