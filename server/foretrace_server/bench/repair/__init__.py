"""`foretrace bench repair`: how many broken programs are mended, and how small the changes are."""
