"""The desktop app and the entry point of the command `centaur`."""
