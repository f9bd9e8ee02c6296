"""The catalogue: what can be achieved at all, with issuer, level and credit, and what programmes ask for."""
