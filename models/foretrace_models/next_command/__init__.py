"""Which command comes next: counts of what followed what, pooled over people and one's own."""
