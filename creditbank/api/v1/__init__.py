"""Version 1 of the programs' door."""
