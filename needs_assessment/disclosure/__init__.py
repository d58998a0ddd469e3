"""The one gate: what may be published, and how small counts are hidden."""
