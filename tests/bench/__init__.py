"""Measures instead of checking: `python -m tests.bench`."""
