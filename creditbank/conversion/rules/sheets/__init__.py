"""The office spreadsheet: a rule book as six sheets of texts, written from a document and read back without loss."""
