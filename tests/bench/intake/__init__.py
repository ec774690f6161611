"""The benchmark of requests: accepted and refused ones, the lead list, and ten thousand at once. See `__main__.py`."""
