"""The page of one case: everything about it on one timeline."""
