"""Mining rules from pairs of programs: one that is wrong and one, near to it, that is right."""
