"""The Settings room: models, keys, people, appearance, the store, and what this is."""
