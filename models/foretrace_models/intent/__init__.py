"""Intent: what a person seems to be doing, from their last events and the text at hand."""
