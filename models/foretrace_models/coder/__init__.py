"""Coders: what is known of how one person writes and works, from what they wrote."""
