"""What an agent may do, decided outside the model."""
