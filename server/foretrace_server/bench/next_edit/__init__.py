"""How well the next edit is foretold: of real streams of edits, burst after burst."""
