"""The engine is killed at any moment, and what it had promised still holds."""
