"""What an agent can call: declarations, executors, and the toolbox that each mode gets."""
