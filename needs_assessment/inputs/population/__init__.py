"""Residents by ward, sex and age, from any published layout."""
