"""When to speak, measured: what is taken when it is shown, and when experts step in."""
