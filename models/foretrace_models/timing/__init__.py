"""Timing: whether to speak now, from what is known now.

Two things are learned from other people: how likely a suggestion is to be taken if it is shown, and
whether experts who look on would step in. What a person did with earlier suggestions is added to
that, and a policy decides.
"""
