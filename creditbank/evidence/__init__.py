"""Evidence: facts, their canonical bytes and salts, the outbox, and Merkle trees over commitments."""
