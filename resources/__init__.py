"""Data only: job descriptions, playbooks, policies and sample cases."""
