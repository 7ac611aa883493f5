"""The engine: the only writer of a store. It composes what works runs, and answers commands."""
