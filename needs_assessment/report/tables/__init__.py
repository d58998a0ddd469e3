"""Published tables and the sentences that belong to them, one module a subject."""
