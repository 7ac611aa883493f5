"""Pilots: how an agent's work compares with what people did."""
