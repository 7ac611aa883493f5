"""The loop: a pure core that folds events and names the next step, and the shell that performs it."""
