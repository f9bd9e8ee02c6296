"""Pages for everybody: one view function, one call into a room."""
