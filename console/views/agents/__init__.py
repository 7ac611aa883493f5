"""The room of agents: what each may do, where it stands, and the job description as form, plan and text."""
