"""The qualifications framework: editions of levels and descriptors, and the units in which credit is counted."""
