"""The job description: what an agent is for, what it may do, and who answers for it."""
