"""What happened: events, consent, the store and replay. No model and no editor protocol."""
