"""How Derisk is put together: settings, addresses, the Celery application, the embedded servers."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
