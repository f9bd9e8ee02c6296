"""Pages for staff: one view function, one call into a room."""
