"""Running a job over many cases and saying honestly how it went."""
