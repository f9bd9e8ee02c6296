"""The archive: the append-only book of achievements, the journal of holds and uses, claims and totals."""
