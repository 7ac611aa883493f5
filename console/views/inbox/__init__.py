"""The inbox: what needs a person, what each thing would do, and what the person decides."""
