"""Decisions of people about actions of agents."""
