"""What holds whatever happens: invariants, tried on many made-up cases."""
