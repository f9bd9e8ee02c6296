"""Conversion: rule books as public data, the exact plan of what an archive is worth, and the explanation it owes."""
