"""Material from the public services, kept on this computer: the only room that opens the network."""
