"""The queues of the broker beside Celery's default one."""

# Workers empty queues in the order of their names: see config/celery.py.
AT_ONCE = "at-once"
