"""Readers of recorded editing and of exercises, one file for each format."""
