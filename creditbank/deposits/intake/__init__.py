"""The intake: from the bytes of an uploaded file to typed rows and reasons, without a database."""
