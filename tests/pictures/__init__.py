"""The pictures of the console: the real window on a display of its own, driven by real keys and a real mouse."""
