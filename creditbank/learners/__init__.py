"""Learners: accounts, the documents that prove who holds them, claiming, repairing and merging."""
