"""Acts through several rooms, each in one transaction."""
