"""Traces that leave, with a report of how whole they are, and traces of others that come in."""
