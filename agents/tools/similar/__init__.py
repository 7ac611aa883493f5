"""Similar past cases: what people decided on cases worded like this one."""
