"""The Live room: the runs, what happens in one, and what its steps were told and answered."""
