"""Simulated people: events drawn from a model of what comes next, and the time between them."""
