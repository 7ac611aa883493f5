"""The playbook: a plan that a supervisor wrote, followed step by step with no language model."""
