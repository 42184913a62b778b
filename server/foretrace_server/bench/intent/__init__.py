"""How well it is told what people are doing, and what they do next."""
