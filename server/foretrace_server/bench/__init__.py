"""Benchmarks: what is shipped, measured."""
