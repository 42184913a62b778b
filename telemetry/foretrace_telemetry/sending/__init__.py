"""Sending: what was recorded goes to the courses that a person joined, as far as they allow."""
