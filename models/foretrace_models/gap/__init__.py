"""How far simulated people are from real ones, by what they do, when, and how they explore."""
