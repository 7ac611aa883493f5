"""The ledger of events, the tables projected from it, queries and credentials. All SQL of the store lives
here."""
