"""How people, and models in their place, work on programs: measured on traces."""
