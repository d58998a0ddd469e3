"""The cascade in the results: need, met and unmet need of each tier."""
