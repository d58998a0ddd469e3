"""Which areas there are, and the wards of each."""
