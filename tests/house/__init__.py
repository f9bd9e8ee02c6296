"""The police of the house: tests that read the sources, the database and the documents."""
