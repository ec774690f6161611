"""The whole house as real processes, hurt at random moments while clients send requests; then its rows are reconciled.

`test_short_run.py` does it for a while in `make test`; `make chaos` is the long run: see `__main__.py`.
"""
