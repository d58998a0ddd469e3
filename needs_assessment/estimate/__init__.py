"""Pure functions of arrays and draws: no files, no printing, no globals."""
