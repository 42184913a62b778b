"""The trace model: what a person edits next, learned from how others edited. Needs torch."""
