"""The rooms: one folder each. A room shows a model and emits intent; it holds no logic of its own."""
