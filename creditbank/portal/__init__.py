"""The portal: pages for the public, for learners and for staff."""
