"""The benchmarks: `make bench` runs them, pytest does not. See docs/performance.md."""
