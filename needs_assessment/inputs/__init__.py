"""Reads and validates what comes in; calculates no need."""
