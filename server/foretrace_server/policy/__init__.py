"""The policy of a course: how much help it allows and when, and the conditions of a study."""
