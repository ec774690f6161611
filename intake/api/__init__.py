"""The machine's way in: the same request through the same verb."""
