"""Safe accommodation in the results: need, places by each answer, supply, the gap and its cost."""
