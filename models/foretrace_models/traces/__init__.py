"""Traces as what they mean: steps, their measures, and the text in which a model reads them."""
