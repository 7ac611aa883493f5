"""The events: what is written to the ledger, one frozen class a kind."""
