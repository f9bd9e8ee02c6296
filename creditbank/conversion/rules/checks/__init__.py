"""The checks at publishing, a file a subject; each takes values and yields findings in words."""
