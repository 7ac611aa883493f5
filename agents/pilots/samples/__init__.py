"""Sample workspaces: real material with differences planted where the truth is known."""
