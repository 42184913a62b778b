"""The next edit: where somebody goes on, and what they change there, from what they just did."""
