"""The council's own returns: services, matched lists, evidence, counts by ward."""
