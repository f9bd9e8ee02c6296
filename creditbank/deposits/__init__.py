"""Deposits: what asks to enter an archive in bulk, how it is read, checked, approved and posted."""
