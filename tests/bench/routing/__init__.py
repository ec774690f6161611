"""The benchmark of routing: thousands of waiting leads, and leads as they come. See `__main__.py`."""
