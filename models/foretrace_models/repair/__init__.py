"""Repair: from a program that fails to the smallest verified change that mends it."""
