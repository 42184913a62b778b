"""The next edit: where somebody goes on, and what they will change there, from what they just did."""
