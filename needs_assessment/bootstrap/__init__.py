"""What assess.py needs before the private environment is there: the standard library and nothing else."""
