"""What an agent is and does: job, loop, models, tools, policy, approvals, pilots. Headless; no Qt."""
