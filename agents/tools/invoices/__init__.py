"""Invoice matching: read an e-invoice, find its purchase order, compare, book or park."""
