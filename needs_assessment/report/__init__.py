"""Formats for what has passed disclosure control; calculates no need."""
