"""Many areas by one method: on one machine, or on the workers of a Dask scheduler."""
