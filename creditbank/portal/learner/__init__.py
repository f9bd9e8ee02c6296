"""Pages for learner: one view function, one call into a room."""
