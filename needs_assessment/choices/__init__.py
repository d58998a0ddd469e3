"""What a run may be asked for: names of areas, words of a scenario, the parameters cell of a notebook."""
