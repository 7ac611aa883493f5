"""What can be asked of the engine: a closed table of methods, one module a theme."""
