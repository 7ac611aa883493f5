"""Real widgets in the console's look: focusable, resizable, accessible."""
