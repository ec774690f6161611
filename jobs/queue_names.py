"""The queues of the broker beside Celery's default one."""

# Workers empty queues in the order of their names: see config/celery.py.
AT_ONCE = "at-once"
# In the environment of a worker of that queue alone: of the jobs of a message it does the first.
ONLY_FIRST = "DERISK_ONLY_FIRST"
# In the environment of a worker that tells others of what nobody waits for some at a time.
GATHERS = "DERISK_GATHERS"
