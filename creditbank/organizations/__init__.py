"""Organizations: the tree of offices, schools and issuers, and who works in them with which role."""
