"""How Django speaks with PostgreSQL here."""
