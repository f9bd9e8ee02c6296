"""Benchmarks: figures with their baseline in the same run, kept in docs/benchmarks.md."""
