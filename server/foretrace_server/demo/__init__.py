"""The demo: a recorded session of a student in trouble, played through the real server process."""
