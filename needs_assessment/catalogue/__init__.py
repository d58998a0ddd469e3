"""What can be counted: one row a measure, of results and of local returns."""
